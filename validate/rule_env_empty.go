// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
)

// envEmpty: the runtime drops a variable with an empty value.
var envEmpty = rule[containerCheck]{
	Rule: Rule{
		ID:    "env-empty",
		Title: "an environment variable with an empty value is dropped",
		Doc: `The runtime drops variables with an empty value. The process then doesn't get the variable, or gets the node's variable of that name: the environment of a HostProcess container starts with that of its account on the node. So an empty value doesn't remove a variable of the node, such as KUBECONFIG or HTTP_PROXY. If two variables have the same name, only the last one counts.

Remove the variable, or give it a value that the program ignores. A script can remove a variable of the node: Remove-Item Env:KUBECONFIG.`,
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
		last := make(map[string]int, len(c.Env)) // the last variable of a name counts
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
					message: fmt.Sprintf("of %s is empty: the variable is dropped, and the process gets the node's variable of that name, if any", quoted(e.Name)),
				})
			}
		}
		return problems
	},
}

// isEmptyEnv reports whether a variable has an empty value.
func isEmptyEnv(e corev1.EnvVar) bool { return e.Value == "" && e.ValueFrom == nil }
