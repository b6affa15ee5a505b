// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	corev1 "k8s.io/api/core/v1"
)

// recursiveReadOnlyUnsupported: Windows has no recursive read-only mounts.
var recursiveReadOnlyUnsupported = rule[mountCheck]{
	Rule: Rule{
		ID:    "recursive-read-only-unsupported",
		Title: "recursiveReadOnly: Enabled is not supported on Windows",
		Doc: `recursiveReadOnly: Enabled requires the container runtime to make everything below a mount read-only. Runtimes on Windows can't do this, and the kubelet doesn't start the container: "volume … requested recursive read-only mode, but it is not supported by the runtime".

IfPossible is accepted and has no effect on Windows. Before Kubernetes 1.31, the API server drops the field.`,
		Outcome: OutcomeFails,
		Since:   "v0.1.0",
		Sources: []string{
			kubeletPodsSource + "#L2961-L2983",
		},
		Fix: "remove recursiveReadOnly",
	},
	about: hasPropagation,
	check: func(p pod, _ container, m mount) []problem {
		// Where readOnly is missing the API server rejects the mount.
		if m.RecursiveReadOnly == nil || *m.RecursiveReadOnly != corev1.RecursiveReadOnlyEnabled || !m.ReadOnly || p.minor < 31 {
			return nil
		}
		return []problem{{
			field:   "recursiveReadOnly",
			kind:    notSupported,
			message: "is Enabled, which no runtime on Windows supports: the kubelet doesn't start the container",
		}}
	},
}
