// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

// Package hostprocess builds Windows HostProcess pods.
//
// A [Pod] and its parts are immutable values: each method returns a changed
// copy and leaves its receiver alone, so a pod can be kept in a variable, shared
// between goroutines, and used as the base of others.
//
//	base := hostprocess.New(accounts.LocalService,
//		hostprocess.NewContainer("agent", "registry.example.com/agent:1.4").
//			WithCommand("agent.exe").
//			WithMount(hostprocess.ConfigMap("agent-config"), "/etc/agent"))
//	spec, err := base.Build()
//
// # What is set without being asked for
//
// Build sets what a HostProcess pod can't do without: hostNetwork true,
// securityContext.windowsOptions with hostProcess true and the account as
// runAsUserName, spec.os.name windows, and the node selector
// kubernetes.io/os: windows. With spec.os set, the API server itself refuses the
// fields that mean something on Linux only; the builder has no method for them.
//
// It also decides what has no good answer otherwise. Both can be undone:
//
//   - The token of a service account is mounted only if [Pod.WithServiceAccount]
//     or [Pod.WithServiceAccountToken] was called.
//   - The working directory is the root of the image,
//     %CONTAINER_SANDBOX_MOUNT_POINT%. The runtime's own default is another
//     directory in almost every version of containerd, and on some of them one
//     that doesn't exist.
//
// Nothing else has a default: no tolerations, because clusters don't agree on
// the taint of their Windows nodes, and no resources.
//
// # Mistakes
//
// No method fails. Whatever was wrong is kept, and Build reports all of it at
// once as a [*BuildError], which names the method and the argument. Build also
// judges the finished spec with package validate, for the nodes named with
// [Pod.For]; what that finds is reported in the same list.
package hostprocess
