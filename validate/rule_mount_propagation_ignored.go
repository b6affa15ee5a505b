// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
)

var mountPropagationIgnored = rule[mountCheck]{
	Rule: Rule{
		ID:    "mount-propagation-ignored",
		Title: "mountPropagation has no effect on Windows",
		Doc: `On Windows, the kubelet makes every mount private, regardless of the pod, and reports nothing. A file system that is mounted later, on the node or in the container, doesn't appear on the other side.

A HostProcess container sees the node's disk as it is. A program that must see what is mounted on the node can use the path on the node instead of a mount.`,
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
