// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

// Package conformance holds tests, and what those of its folders have in common:
// they compare this module with the programs it makes claims about. It is a module
// of its own, so that importing the packages above never downloads Kubernetes. See
// README.md.
package conformance
