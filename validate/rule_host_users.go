// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

// hostUsers: a user namespace does not go with the host's network.
var hostUsers = rule[podCheck]{
	Rule: Rule{
		ID:      "host-users",
		Title:   "hostUsers: false does not go with hostNetwork",
		Doc:     `A pod with a user namespace of its own can't use the host's network. The API server rejects hostUsers: false together with hostNetwork: true, from Kubernetes 1.33 on, where the field is not dropped any more. (From 1.35 on the feature gate UserNamespacesHostNetworkSupport, off by default, allows it; not on Windows, where hostUsers can't be set at all.)`,
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
