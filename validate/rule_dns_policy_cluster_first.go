// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	corev1 "k8s.io/api/core/v1"
)

// dnsPolicyClusterFirst: on the host's network it means Default.
var dnsPolicyClusterFirst = rule[podCheck]{
	Rule: Rule{
		ID:    "dns-policy-cluster-first",
		Title: "dnsPolicy: ClusterFirst means Default on the host's network",
		Doc: `For a pod on the host's network the kubelet takes ClusterFirst for Default: the process uses the node's resolver and doesn't find names of the cluster.

ClusterFirst is also what the API server fills in where nothing is said. So it is reported only where a person is likely to have written it: in an object that the API server has not yet completed, which shows in its empty schedulerName.`,
		Outcome: OutcomeAdvice,
		Since:   "v0.1.0",
		Sources: []string{
			"https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/kubelet/network/dns/dns.go#L304-L318",
		},
		Fix: "remove dnsPolicy, or set it to Default",
	},
	about: isUnusual,
	check: func(p pod) []problem {
		if p.spec.DNSPolicy != corev1.DNSClusterFirst || p.spec.SchedulerName != "" {
			return nil
		}
		return []problem{{field: "dnsPolicy", message: "is ClusterFirst, which on the host's network means Default: names of the cluster are not found"}}
	},
}
