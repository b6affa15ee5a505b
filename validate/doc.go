// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

// Package validate finds what is wrong with a Windows HostProcess pod before a node does:
//
//	findings := validate.Validator{}.Pod(pod)
//	if err := findings.Err(); err != nil {
//		return nil, err
//	}
//	return findings.Warnings(), nil
//
// The API server checks only a few of the rules. Pods fail later, on a node: an account
// can't be logged on, a file is somewhere else with another version of containerd, a
// command is cut at its first newline. This package checks both kinds of rules. Each rule
// has a stable ID, what happens to a pod that breaks it, its sources and a fix. RULES.md
// beside this file lists all rules, and Rules returns them.
//
// A pod is validated for the nodes that it is for: see Validator.Targets. Nodes differ in
// how they mount a container's volumes, and so in what works:
//
//   - containerd 1.6 (symlink16): below a directory of the container, as symbolic links;
//   - containerd 1.7 and newer (bind): at their mountPath, with the bind filter, a Windows
//     driver; cmd /c then runs every command line;
//   - containerd 1.7 and newer without the bind filter, as on Windows Server 2019 without
//     updates (symlinkHPC): as in 1.6, at another path.
//
// Package volumes explains the three in detail. To check whether a cluster accepts the
// pod, pass its objects: Validator.Namespace checks the Pod Security labels of a
// namespace, and Validator.Node makes the checks of the scheduler and the kubelet for a
// node.
//
// A pod that isn't a HostProcess pod has no findings. Validating a pod without findings
// doesn't allocate memory.
package validate
