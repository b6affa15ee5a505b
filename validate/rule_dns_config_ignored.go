// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

// dnsConfigIgnored: the process uses the node's resolver.
var dnsConfigIgnored = rule[podCheck]{
	Rule: Rule{
		ID:    "dns-config-ignored",
		Title: "dnsConfig has no effect",
		Doc: `On Windows dnsConfig reaches a pod through its network (CNI), and HostProcess pods don't get one: they are on the node's. Their processes use the node's resolver with its servers, search list and options, whatever dnsConfig says, and whether or not dnsPolicy is None.

Names of Services resolve only if the node's own resolver knows them. Use the address of a Service, or its name with the cluster's DNS server asked by the program itself.`,
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
		return []problem{{field: "dnsConfig", message: "has no effect: a HostProcess container uses the node's resolver"}}
	},
}
