// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

// Newrule begins a rule of package validate: its file, its line in the catalogue,
// and two fixtures that must fail and two that must pass. What is left to write
// is left empty, and the tests fail until it is written.
//
//	go run ./internal/newrule -id mount-example -layer silent -in mount
//
// It is run from the top of the checkout, and changes nothing where it can't do
// the whole.
package main
