// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

var dnsConfigIgnored = rule[podCheck]{
	Rule: Rule{
		ID:    "dns-config-ignored",
		Title: "dnsConfig has no effect on a HostProcess pod",
		Doc: `On Windows, dnsConfig reaches a pod through its network (CNI), and a HostProcess pod uses the node's network instead. Its processes use the node's resolver, with its servers, search list and options, regardless of dnsConfig and of dnsPolicy: None.

Service names resolve only if the node's own resolver knows them. Use the Service's address, or have the program query the cluster's DNS server itself.`,
		Outcome: OutcomeDiffers,
		Since:   "v0.1.0",
		Sources: []string{
			cniSource,
			"https://github.com/kubernetes/kubernetes/issues/110566",
		},
		Fix: "remove dnsConfig",
	},
	about: isUnusual,
	check: func(p pod) []problem {
		if d := p.spec.DNSConfig; d == nil || len(d.Nameservers)+len(d.Searches)+len(d.Options) == 0 {
			return nil
		}
		return []problem{{field: "dnsConfig", message: "has no effect: HostProcess containers use the node's resolver"}}
	},
}
