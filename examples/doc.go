// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

// Package examples holds programs to run and to copy, each in a folder of its own:
// quickstart builds a DaemonSet, check validates manifests, webhook guards a cluster's door, and kubectl-hostprocess checks,
// fixes and explains pods from a command line. The last is a module of its own, and so are
// incluster and controllerruntime, which use client-go and controller-runtime. The guides
// are in guides. The tests here find every block of code in the documents of the
// repository, and run it.
package examples
