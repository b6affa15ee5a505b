// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

// Package sdk is the documentation of a module for people who put Windows
// HostProcess pods on a Kubernetes cluster. It holds no code; import one of
// the packages below it:
//
//   - accounts: who the process runs as. Typed constants for the service
//     accounts and the local groups of a Windows host. Standard library only.
//   - volumes: where a mount really is, on each kind of node. Standard library
//     only.
//   - validate: what is wrong with a pod, before a node finds out.
//     Below it, survey says what the nodes of a cluster can do, fleet what goes
//     wrong between workloads on one node, explain what an error text of a node
//     means, privileges what a pod may do on its node, and policy makes an
//     admission policy of rules.
//   - hostprocess: a builder whose result is a pod that validate finds nothing
//     wrong with. Below it, convert makes such a pod of one for Linux, and agent is
//     for the program inside the container: its files, its API server, its end.
//     Agent needs the standard library only.
//
// # Stability
//
// The module follows semantic versioning. Exported names and rule ids are
// promises: within a major version none is removed, renamed or given another
// meaning. New rules and better messages may come with any minor version, so a
// program should test for a rule's id, never for the wording of a message.
// A rule may turn stricter only in a minor version, and its release notes say
// so.
//
// The module requires the lowest Kubernetes minor that serves it, because that
// is the floor of every importer, and is tested against the newest as well.
package sdk
