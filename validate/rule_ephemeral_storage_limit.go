// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
)

// ephemeralStorageLimit: the runtime knows no such limit.
var ephemeralStorageLimit = rule[containerCheck]{
	Rule: Rule{
		ID:      "ephemeral-storage-limit",
		Title:   "an ephemeral-storage limit doesn't limit what is written to the node",
		Doc:     `The kubelet hands no limit on disk space to the runtime on Windows. It only counts, now and then, what the container wrote to its own scratch space, its logs and its emptyDir volumes. A HostProcess container writes wherever its account may, on the node itself, and that is counted nowhere.`,
		Outcome: OutcomeAdvice,
		Since:   "v0.1.0",
		Sources: []string{
			windowsResourcesSource,
			kepSource,
		},
		Fix: "remove the limit, or let the program watch the space itself",
	},
	about: hasOddResources,
	check: func(_ pod, c container) []problem {
		limit, ok := c.Resources.Limits[corev1.ResourceEphemeralStorage]
		if !ok {
			return nil
		}
		return []problem{{
			field:   "resources.limits.ephemeral-storage",
			message: fmt.Sprintf("is %s, which doesn't hold for what the container writes outside of its own scratch space", limit.String()),
		}}
	},
}
