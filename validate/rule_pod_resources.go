// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import corev1 "k8s.io/api/core/v1"

var podResources = rule[podCheck]{
	Rule: Rule{
		ID:      "pod-resources",
		Title:   "resources can't be set for the whole pod on Windows",
		Doc:     `Requests and limits for the whole pod (spec.resources, on by default since Kubernetes 1.34) are not supported on Windows. With spec.os.name: windows, the API server rejects them.`,
		Outcome: OutcomeRejected,
		Since:   "v0.1.0",
		Sources: []string{
			validationSource + "#L4897-L4909",
		},
		Fix: "move the requests and limits to the containers",
	},
	about: isUnusual,
	check: func(p pod) []problem {
		if p.spec.Resources == nil || p.minor < 34 || p.osName() != corev1.Windows {
			return nil
		}
		return []problem{{field: "resources", kind: forbidden, message: "can't be set if spec.os.name is windows: the API server rejects the pod"}}
	},
}
