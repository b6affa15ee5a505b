// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

// Package validate says what is wrong with a Windows HostProcess pod, before a
// node finds out.
//
// The API server checks a handful of rules. The rest goes wrong later, on a
// node: an account that can't be logged on, a file that is somewhere else on
// another version of containerd, a command that is cut at its first newline.
// This package knows both halves. Each rule has a stable id, says who enforces
// it, rests on a source, and offers a fix; RULES.md beside this file lists them
// all, and Rules returns them.
//
//	findings := validate.Validator{}.Pod(pod)
//	if err := findings.Err(); err != nil {
//		return nil, err
//	}
//	return findings.Warnings(), nil
//
// A pod is judged for the nodes that it is meant for: see Validator.Targets.
// Nodes differ in how a container's volumes are mounted, and with that in what
// works:
//
//   - containerd 1.6 (symlink16): below a directory of the container, as
//     symbolic links;
//   - containerd 1.7 and newer (bind): at their mountPath, by the bind filter of
//     Windows; and every command line is run by cmd /c;
//   - containerd 1.7 and newer without the bind filter, as on a Windows Server
//     2019 without updates (symlinkHPC): as in 1.6, in another place.
//
// Whether a cluster would take the pod is asked of its objects:
// Validator.Namespace looks at the labels of Pod Security admission, and
// Validator.Node at what the scheduler and the kubelet of a node look at.
//
// A pod that is not a HostProcess pod has no findings. A pod without findings
// is judged without allocating memory.
package validate
