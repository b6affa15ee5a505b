// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

// requestsOnly: requests reserve nothing on Windows.
var requestsOnly = rule[containerCheck]{
	Rule: Rule{
		ID:    "requests-only",
		Title: "requests without limits only affect scheduling",
		Doc: `On Windows, the kubelet passes only limits to the runtime. There are no CPU shares and no reserved memory (from 1.38 on, the CPU manager can pin a container to some CPUs when it starts, if the runtime has hcsshim 0.15.0-rc.1 or newer). Requests decide which node the pod is placed on; after that, a container without limits competes with the node's own processes.

Set limits for the resources that the container must not take from the node.`,
		Outcome: OutcomeAdvice,
		Since:   "v0.1.0",
		Sources: []string{
			windowsResourcesSource,
			"https://github.com/kubernetes/website/blob/4d5a6dfbfc6b9f169fb3e3582715ad70954d3bbf/content/en/docs/concepts/configuration/windows-resource-management.md",
		},
		Fix: "set limits for cpu and memory",
	},
	about: hasOddResources,
	check: func(_ pod, c container) []problem {
		if len(c.Resources.Requests) == 0 || len(c.Resources.Limits) > 0 {
			return nil
		}
		return []problem{{
			field:   "resources.requests",
			message: "is set without limits: on Windows it only affects scheduling, and the container can use any amount",
		}}
	},
}
