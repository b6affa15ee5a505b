// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import "fmt"

var hostProcessMismatch = rule[containerCheck]{
	Rule: Rule{
		ID:    "host-process-mismatch",
		Title: "hostProcess must have the same value in the pod and in its containers",
		Doc: `If both the pod and a container set hostProcess, the two values must be equal: a container can't opt in or out on its own.

The API server rejects the pod; the kubelet repeats the check.`,
		Outcome: OutcomeRejected,
		Since:   "v0.1.0",
		Sources: []string{
			validationSource + "#L8960-L9016",
		},
		Fix: "remove hostProcess from the container, which then inherits the pod's",
	},
	about: hasOwnOptions,
	check: func(p pod, c container) []problem {
		own, pods := c.windows().HostProcess, p.windows().HostProcess
		if own == nil || pods == nil || *own == *pods {
			return nil
		}
		return []problem{{
			field:   "securityContext.windowsOptions.hostProcess",
			message: fmt.Sprintf("is %t, but the pod's value is %t: the API server rejects the pod", *own, *pods),
		}}
	},
}
