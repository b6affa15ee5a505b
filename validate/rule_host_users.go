// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

// hostUsers: a user namespace excludes the host's network.
var hostUsers = rule[podCheck]{
	Rule: Rule{
		ID:      "host-users",
		Title:   "hostUsers: false can't be combined with hostNetwork",
		Doc:     `A pod with its own user namespace can't use the host's network. From Kubernetes 1.33 on, the API server rejects hostUsers: false together with hostNetwork: true; before, it dropped the field. (From 1.35 on, the feature gate UserNamespacesHostNetworkSupport, off by default, allows the combination, but not on Windows, where hostUsers can't be set at all.)`,
		Outcome: OutcomeRejected,
		Since:   "v0.1.0",
		Sources: []string{
			validationSource + "#L4041-L4075",
			featuresSource,
		},
		Fix: "remove hostUsers",
	},
	about: hasLinuxFields,
	check: func(p pod) []problem {
		if p.minor < 33 || !p.spec.HostNetwork || p.spec.HostUsers == nil || *p.spec.HostUsers {
			return nil
		}
		return []problem{{field: "hostNetwork", kind: forbidden, message: "is true, but hostUsers is false: the API server rejects the pod"}}
	},
}
