// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

// Package examples holds programs to run and to copy, each in a folder of its
// own: quickstart builds a pod, lint checks manifests and dumps of clusters,
// paths shows where mounts are, survey says what nodes can do, explain what error
// texts mean, policy prints an admission policy, webhook guards a cluster's door;
// incluster and controllerruntime, modules of their own, use client-go and
// controller-runtime. The guides are in guides. The tests here find every block of
// code in the documents of the repository, and run it.
package examples
