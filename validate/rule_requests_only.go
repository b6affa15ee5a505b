// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

// requestsOnly: on Windows requests reserve nothing.
var requestsOnly = rule[containerCheck]{
	Rule: Rule{
		ID:    "requests-only",
		Title: "requests without limits only matter to the scheduler",
		Doc: `On Windows the kubelet hands limits to the runtime and nothing else. There are no CPU shares and no memory that is kept free (from 1.38 on the CPU manager can bind a container to some CPUs when it starts, if the runtime has hcsshim 0.15.0-rc.1 or newer): requests decide on which node the pod is placed, and after that a container without limits competes with the node's own processes.

Set limits for what the container must not take from the node.`,
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
			message: "is set without limits: on Windows it matters to the scheduler only, and nothing keeps the container from taking more",
		}}
	},
}
