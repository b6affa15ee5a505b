// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

// Package cost contains only a test that compares the cost of importing these packages
// with the cost of importing others.
package cost
