// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

// Package grammar holds tests: every script of PowerShell that the packages above
// generate is parsed with a grammar that others have written, tree-sitter's. It is a
// module of its own because its tests need Node.js and npm, which fetches the grammar
// (https://github.com/airbus-cert/tree-sitter-powershell) and its parser as WebAssembly.
package grammar
