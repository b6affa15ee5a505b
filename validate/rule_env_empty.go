// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
)

// envEmpty: an empty value can't be told from none.
var envEmpty = rule[envCheck]{
	Rule: Rule{
		ID:    "env-empty",
		Title: "a variable with an empty value is dropped",
		Doc: `The runtime drops variables whose value is empty. The process doesn't get the variable at all, or it gets the one that the node has: the environment of a HostProcess container starts with that of the account on the node. So an empty value doesn't take a variable of the node away, such as KUBECONFIG or HTTP_PROXY.

Remove the variable, or give it a value that means nothing to the program. A script can take a variable of the node away: Remove-Item Env:KUBECONFIG.`,
		Outcome: OutcomeDiffers,
		Since:   "v0.1.0",
		Sources: []string{
			"https://github.com/microsoft/hcsshim/blob/v0.12.9/internal/cmd/cmd.go#L173-L180",
			jobSource + "#L285-L297",
		},
		Fix: "remove the variable, or give it a value",
	},
	check: func(_ pod, _ container, e *corev1.EnvVar) []problem {
		if e.Value != "" || e.ValueFrom != nil {
			return nil
		}
		return []problem{{
			field:   "value",
			message: fmt.Sprintf("of %s is empty: the variable is dropped, and one of that name on the node shows through", quoted(e.Name)),
		}}
	},
}
