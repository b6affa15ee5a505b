// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

// Package repotest holds the rules of this repository as tests: who may import
// whom, what the module may depend on, what the exported surface is, and what
// documents promise. What a linter checks isn't here: .ci/run runs staticcheck
// and actionlint. The package exports nothing.
//
// A rule that has exceptions keeps them in a table with the reason for each.
package repotest
