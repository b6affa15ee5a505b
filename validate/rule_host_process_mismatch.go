// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import "fmt"

// hostProcessMismatch: the API server requires one value of hostProcess.
var hostProcessMismatch = rule[containerCheck]{
	Rule: Rule{
		ID:    "host-process-mismatch",
		Title: "container and pod must say the same of hostProcess",
		Doc: `Where both the pod and a container say hostProcess, the two values must be the same: a container can't leave, or enter, the host on its own.

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
			message: fmt.Sprintf("is %t, but the pod says %t: the API server rejects it", *own, *pods),
		}}
	},
}
