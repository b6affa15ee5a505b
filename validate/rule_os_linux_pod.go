// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import corev1 "k8s.io/api/core/v1"

// osLinux: a pod can't be for Linux and have windowsOptions.
var osLinux = rule[optionsCheck]{
	Rule: Rule{
		ID:      "os-linux-pod",
		Title:   "a pod with windowsOptions can't say spec.os.name: linux",
		Doc:     `With spec.os.name: linux the API server forbids windowsOptions for the pod and for every container, whatever they hold.`,
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
