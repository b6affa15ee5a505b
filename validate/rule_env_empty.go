// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
)

// envEmpty: an empty value can't be told from none.
var envEmpty = rule[containerCheck]{
	Rule: Rule{
		ID:    "env-empty",
		Title: "a variable with an empty value is dropped",
		Doc: `The runtime drops variables whose value is empty. The process doesn't get the variable at all, or it gets the one that the node has: the environment of a HostProcess container starts with that of the account on the node. So an empty value doesn't take a variable of the node away, such as KUBECONFIG or HTTP_PROXY. Of two variables with the same name only the last one counts.

Remove the variable, or give it a value that means nothing to the program. A script can take a variable of the node away: Remove-Item Env:KUBECONFIG.`,
		Outcome: OutcomeDiffers,
		Since:   "v0.1.0",
		Sources: []string{
			"https://github.com/microsoft/hcsshim/blob/v0.12.9/internal/cmd/cmd.go#L173-L180",
			jobSource + "#L285-L297",
		},
		Fix: "remove the variable, or give it a value",
	},
	about: hasOddVariable,
	check: func(_ pod, c container) []problem {
		if !slices.ContainsFunc(c.Env, isEmptyEnv) {
			return nil
		}
		last := make(map[string]int, len(c.Env)) // of two variables with one name, the last one counts
		for i := range c.Env {
			last[c.Env[i].Name] = i
		}
		var problems []problem
		for i, e := range c.Env {
			if isEmptyEnv(e) && last[e.Name] == i {
				problems = append(problems, problem{
					list:    "env",
					index:   i,
					field:   "value",
					message: fmt.Sprintf("of %s is empty: the variable is dropped, and one of that name on the node shows through", quoted(e.Name)),
				})
			}
		}
		return problems
	},
}

// isEmptyEnv reports whether a variable has an empty value.
func isEmptyEnv(e corev1.EnvVar) bool { return e.Value == "" && e.ValueFrom == nil }
