// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

// Package arbitrary contains only a test of the rules and the builder with arbitrary
// pods.
package arbitrary
