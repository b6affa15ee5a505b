// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

// Package arbitrary holds no code but a test: the rules and the builder, over
// pods that anything at all was written into.
package arbitrary
