// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import corev1 "k8s.io/api/core/v1"

var osLinux = rule[optionsCheck]{
	Rule: Rule{
		ID:      "os-linux-pod",
		Title:   "windowsOptions can't be set if spec.os.name is linux",
		Doc:     `With spec.os.name: linux, the API server rejects windowsOptions for the pod and for every container, with any content.`,
		Outcome: OutcomeRejected,
		Since:   "v0.1.0",
		Sources: []string{
			validationSource + "#L5003-L5018",
		},
		Fix: "set spec.os.name to windows",
	},
	check: func(p pod, _ options) []problem {
		if p.osName() != corev1.Linux {
			return nil
		}
		return []problem{{kind: forbidden, message: "is set, but spec.os.name is linux: the API server rejects the pod"}}
	},
}
