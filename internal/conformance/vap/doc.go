// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

// Package vap evaluates a ValidatingAdmissionPolicy over pods with the API
// server's own code.
package vap
