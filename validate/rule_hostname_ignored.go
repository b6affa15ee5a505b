// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import "fmt"

// hostnameIgnored: the process sees the node's name.
var hostnameIgnored = rule[podCheck]{
	Rule: Rule{
		ID:    "hostname-ignored",
		Title: "hostname, subdomain and setHostnameAsFQDN have no effect",
		Doc: `A HostProcess container is a process on the node and has the node's name, regardless of hostname, subdomain and setHostnameAsFQDN.

hostname and subdomain together, with a headless Service named like the subdomain, still give the pod a name in the cluster's DNS, so the rule doesn't report the two together. Nor does it report fields that a controller sets, in a pod of a StatefulSet or an indexed Job.`,
		Outcome: OutcomeDiffers,
		Since:   "v0.1.0",
		Sources: []string{
			docSource,
			"https://github.com/microsoft/hcsshim/blob/v0.12.9/test/cri-containerd/jobcontainer_test.go",
			"https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/controller/endpoint/endpoints_controller.go#L424-L426",
		},
		Fix: "remove the field",
	},
	about: isUnusual,
	check: func(p pod) []problem {
		s := p.spec
		if s.Hostname == "" && s.Subdomain == "" && s.SetHostnameAsFQDN == nil || p.meta != nil && len(p.meta.OwnerReferences) > 0 {
			return nil
		}
		const effect = "has no effect: HostProcess containers have the node's name"
		is := func(value string) string { return fmt.Sprintf("is %s, which %s", quoted(value), effect) }
		var problems []problem
		if s.Hostname != "" && s.Subdomain == "" {
			problems = append(problems, problem{field: "hostname", message: is(s.Hostname)})
		}
		if s.Subdomain != "" && s.Hostname == "" {
			problems = append(problems, problem{field: "subdomain", message: is(s.Subdomain)})
		}
		if s.SetHostnameAsFQDN != nil && *s.SetHostnameAsFQDN {
			problems = append(problems, problem{field: "setHostnameAsFQDN", message: "is true, which " + effect})
		}
		return problems
	},
}
