// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

// hostNetwork: the API server requires it.
var hostNetwork = rule[podCheck]{
	Rule: Rule{
		ID:    "host-network",
		Title: "hostNetwork must be true",
		Doc: `A HostProcess container is a process of the host and can't have its own network, so the pod must set hostNetwork: true. It is not defaulted.

The API server rejects the pod; the kubelet repeats the check.`,
		Outcome: OutcomeRejected,
		Since:   "v0.1.0",
		Sources: []string{
			validationSource + "#L8960-L9016",
			docSource,
		},
		Fix: "set hostNetwork to true",
	},
	about: isUnusual,
	check: func(p pod) []problem {
		if p.spec.HostNetwork || !p.runsHostProcess() {
			return nil
		}
		return []problem{{field: "hostNetwork", message: "is false, but the pod has HostProcess containers: the API server rejects the pod"}}
	},
}
