// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

// Package podgen makes random pods with package hostprocess, for tests: of the
// builder itself, and of what other code says of what it has built.
package podgen
