// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
)

// mountPropagationIgnored: Windows has no mount propagation.
var mountPropagationIgnored = rule[mountCheck]{
	Rule: Rule{
		ID:    "mount-propagation-ignored",
		Title: "mountPropagation has no effect on Windows",
		Doc: `On Windows the kubelet sets the propagation of every mount to private, whatever the pod asks for, and says nothing. A file system that is mounted later, on the node or in the container, doesn't appear on the other side.

A HostProcess container sees the node's disk as it is. A program that has to see what is mounted on the node uses the path on the node instead of a mount.`,
		Outcome: OutcomeDiffers,
		Since:   "v0.1.0",
		Sources: []string{
			kubeletPodsSource + "#L445-L450",
		},
		Fix: "remove mountPropagation",
	},
	about: hasPropagation,
	check: func(_ pod, c container, m mount) []problem {
		if m.MountPropagation == nil {
			return nil
		}
		mode := *m.MountPropagation
		if mode != corev1.MountPropagationHostToContainer && (mode != corev1.MountPropagationBidirectional || !c.privileged()) {
			return nil
		}
		return []problem{{
			field:   "mountPropagation",
			message: fmt.Sprintf("is %s, which the kubelet ignores on Windows", quoted(mode)),
		}}
	},
}
