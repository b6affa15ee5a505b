// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

// Package sarif has tests only: they compare what examples/lint writes as SARIF
// with the schema that its authors publish. It is a module of its own, so that
// the library requires neither the schema nor what reads it.
package sarif
