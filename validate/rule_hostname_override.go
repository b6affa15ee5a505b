// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

var hostnameOverride = rule[podCheck]{
	Rule: Rule{
		ID:      "hostname-override",
		Title:   "hostnameOverride can't be set on the host's network",
		Doc:     `A process on the host's network has the host's name. From Kubernetes 1.35 on, the API server rejects hostnameOverride together with hostNetwork: true; before, it dropped the field.`,
		Outcome: OutcomeRejected,
		Since:   "v0.1.0",
		Sources: []string{
			validationSource + "#L4120-L4144",
			featuresSource,
		},
		Fix: "remove hostnameOverride",
	},
	about: isUnusual,
	check: func(p pod) []problem {
		if p.minor < 35 || !p.spec.HostNetwork || p.spec.HostnameOverride == nil {
			return nil
		}
		return []problem{{field: "hostnameOverride", kind: forbidden, message: "is set, but the pod uses the host's network: the API server rejects the pod"}}
	},
}
