// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
)

// ephemeralStorageLimit: the runtime doesn't limit storage.
var ephemeralStorageLimit = rule[containerCheck]{
	Rule: Rule{
		ID:      "ephemeral-storage-limit",
		Title:   "an ephemeral-storage limit doesn't limit writes to the node's disk",
		Doc:     `On Windows, the kubelet passes no disk limit to the runtime. It only measures, from time to time, what the container has written to its own scratch space, its logs and its emptyDir volumes. A HostProcess container can write wherever its account may, on the node itself, and that isn't counted.`,
		Outcome: OutcomeAdvice,
		Since:   "v0.1.0",
		Sources: []string{
			windowsResourcesSource,
			kepSource,
		},
		Fix: "remove the limit, or let the program watch its disk space itself",
	},
	about: hasOddResources,
	check: func(_ pod, c container) []problem {
		limit, ok := c.Resources.Limits[corev1.ResourceEphemeralStorage]
		if !ok {
			return nil
		}
		return []problem{{
			field:   "resources.limits.ephemeral-storage",
			message: fmt.Sprintf("is %s, which doesn't limit what the container writes outside of its own scratch space", limit.String()),
		}}
	},
}
