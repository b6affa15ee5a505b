// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	corev1 "k8s.io/api/core/v1"
)

// dnsPolicyClusterFirst: on the host's network, ClusterFirst means Default.
var dnsPolicyClusterFirst = rule[podCheck]{
	Rule: Rule{
		ID:    "dns-policy-cluster-first",
		Title: "dnsPolicy: ClusterFirst means Default on the host's network",
		Doc: `For a pod on the host's network, the kubelet treats ClusterFirst as Default: the process uses the node's resolver, which doesn't resolve names of the cluster.

The API server also fills in ClusterFirst by default. So the rule reports it only where somebody probably wrote it: in an object that the API server hasn't defaulted yet, which shows in an empty schedulerName.`,
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
		return []problem{{field: "dnsPolicy", message: "is ClusterFirst, which means Default on the host's network: names of the cluster don't resolve"}}
	},
}
