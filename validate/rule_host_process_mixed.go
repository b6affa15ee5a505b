// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import "fmt"

var hostProcessMixed = rule[podCheck]{
	Rule: Rule{
		ID:    "host-process-mixed",
		Title: "all containers of a pod must be HostProcess containers if one is",
		Doc: `A pod is a HostProcess pod as a whole: if one container is a HostProcess container, all init, regular and ephemeral containers must be, through their own hostProcess or the pod's.

The API server rejects the pod; the kubelet repeats the check. Set hostProcess once, for the pod: containers that a person or a webhook adds later then inherit it.`,
		Outcome: OutcomeRejected,
		Since:   "v0.1.0",
		Sources: []string{
			validationSource + "#L8960-L9016",
		},
		Fix: "set securityContext.windowsOptions.hostProcess to true for the pod, and remove it from the containers",
	},
	about: hasOwnOptions,
	check: func(p pod) []problem {
		for c := range p.containers {
			if !p.hostProcess(c) && p.runsHostProcess() {
				return []problem{{message: fmt.Sprintf("%s (%s) is not a HostProcess container, but others are: the API server rejects the pod", c.path(), quoted(c.Name))}}
			}
		}
		return nil
	},
}
