// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

// Package examples holds programs to run and to copy, each in a folder of its own:
// quickstart builds a DaemonSet, check validates manifests, kubectl-hostprocess checks, fixes
// and explains pods from a command line, operator guards a cluster and keeps an agent on its
// nodes, and incluster is an agent that uses client-go. All but the first two are modules of
// their own. The guides are in guides. The tests here find every block of code in the
// documents of the repository, and run it.
package examples
