// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

// Package sarif has tests only: they validate what kubectl hostprocess lint writes as SARIF
// against the schema that OASIS publishes.
package sarif
