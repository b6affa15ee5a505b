// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

// Package cost holds no code but a test: what a program pays for importing these
// packages, next to what it pays for importing others.
package cost
