// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

// Package peers contains only benchmarks: they compare this module with its alternatives
// in one run.
package peers
