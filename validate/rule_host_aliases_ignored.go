// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

var hostAliasesIgnored = rule[podCheck]{
	Rule: Rule{
		ID:    "host-aliases-ignored",
		Title: "hostAliases have no effect on a HostProcess pod",
		Doc: `The kubelet writes hostAliases to a hosts file that it mounts into the containers. It doesn't do so for HostProcess pods: their processes use the node's hosts file and resolver. No component reports this.

Add the names to the node's C:\Windows\System32\drivers\etc\hosts or to DNS, or pass the address to the program.`,
		Outcome: OutcomeDiffers,
		Since:   "v0.1.0",
		Sources: []string{
			kubeletPodsSource + "#L271-L277",
		},
		Fix: "remove hostAliases, and add the names to the node's hosts file or to DNS",
	},
	about: isUnusual,
	check: func(p pod) []problem {
		if len(p.spec.HostAliases) == 0 {
			return nil
		}
		return []problem{{field: "hostAliases", message: "has no effect: HostProcess containers use the node's hosts file"}}
	},
}
