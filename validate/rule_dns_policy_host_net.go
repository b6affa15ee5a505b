// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	corev1 "k8s.io/api/core/v1"
)

// dnsPolicyHostNet: ClusterFirstWithHostNet works on Linux only.
var dnsPolicyHostNet = rule[podCheck]{
	Rule: Rule{
		ID:    "dns-policy-host-net",
		Title: "dnsPolicy: ClusterFirstWithHostNet has no effect on Windows",
		Doc: `On Linux, ClusterFirstWithHostNet gives a pod on the host's network the cluster's DNS. On Windows, the settings reach a pod through its network (CNI), which HostProcess pods don't have, so their processes use the node's resolver. Names such as my-service.my-namespace.svc resolve only if the node's resolver knows them.

Use the Service's address, or have the program query the cluster's DNS server itself.`,
		Outcome: OutcomeDiffers,
		Since:   "v0.1.0",
		Sources: []string{
			cniSource,
			"https://github.com/kubernetes/kubernetes/issues/110566",
			"https://github.com/kubernetes-csi/csi-driver-smb/issues/604",
		},
		Fix: "set dnsPolicy to Default, and don't rely on names of the cluster",
	},
	about: isUnusual,
	check: func(p pod) []problem {
		if p.spec.DNSPolicy != corev1.DNSClusterFirstWithHostNet {
			return nil
		}
		return []problem{{field: "dnsPolicy", message: "is ClusterFirstWithHostNet, which has no effect: names of the cluster don't resolve, because HostProcess containers use the node's resolver"}}
	},
}
