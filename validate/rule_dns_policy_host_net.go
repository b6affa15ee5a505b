// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	corev1 "k8s.io/api/core/v1"
)

// dnsPolicyHostNet: ClusterFirstWithHostNet is for Linux.
var dnsPolicyHostNet = rule[podCheck]{
	Rule: Rule{
		ID:    "dns-policy-host-net",
		Title: "dnsPolicy: ClusterFirstWithHostNet has no effect",
		Doc: `ClusterFirstWithHostNet gives a pod on the host's network the cluster's DNS, on Linux. On Windows the settings reach a pod through its network (CNI), which HostProcess pods don't have, so their processes use the node's resolver. Names such as my-service.my-namespace.svc are not found, unless the node's resolver knows them.

Use the address of the Service, or ask the cluster's DNS server from the program.`,
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
		return []problem{{field: "dnsPolicy", message: "is ClusterFirstWithHostNet, which has no effect: a HostProcess container uses the node's resolver, and doesn't find names of the cluster"}}
	},
}
