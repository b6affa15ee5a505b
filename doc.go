// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

// Package sdk documents a module for building, checking and explaining Windows
// HostProcess pods. It contains no code; import one of the packages below it:
//
//   - accounts: the account a process runs as. Typed constants for the service
//     accounts and local groups of a Windows host. Standard library only.
//   - volumes: where a mount is on each kind of node. Standard library only.
//   - validate: what is wrong with a pod, before a node finds out. Below it,
//     survey reports what the nodes of a cluster can do, fleet finds conflicts
//     between workloads on one node, explain explains the error texts of a node,
//     privileges reports what a pod may do on its node, and policy turns rules
//     into an admission policy.
//   - hostprocess: a builder of pods in which validate finds no mistake. Below it,
//     convert makes such a pod from a Linux pod, csinode builds a CSI node plugin,
//     firewall manages rules of the node's firewall, and task runs one command on
//     one node. Agent is for the program inside the container: it finds files and
//     the API server, stops cleanly, and installs files on the node. It needs only
//     the standard library.
//
// # Stability
//
// The module follows semantic versioning. Within a major version, no exported
// name and no rule id is removed, renamed or given another meaning. A minor
// version may add rules and improve messages, so test for a rule's id, never for
// the wording of a message. Rules get stricter only in a minor version, whose
// release notes say so.
//
// The module requires the lowest Kubernetes minor that it works with, because
// every importer has to use at least that one. It is tested with the newest, too.
package sdk
