// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"
	"strings"
)

// envNameCase: Windows ignores the case of variable names.
var envNameCase = rule[containerCheck]{
	Rule: Rule{
		ID:    "env-name-case",
		Title: "names of environment variables must differ in more than case",
		Doc: `Windows ignores the case of variable names. The runtime keeps one of the two values, and which one changes from start to start, because it stores the variables in a map, whose order is random.

To Kubernetes these are two variables, so the API server accepts them. If two variables have exactly the same name, the last one counts, on every node.`,
		Outcome: OutcomeDiffers,
		Since:   "v0.1.0",
		Sources: []string{
			"https://github.com/microsoft/hcsshim/blob/v0.12.9/internal/cmd/cmd.go#L173-L180",
			jobSource + "#L292-L297",
			"https://github.com/microsoft/hcsshim/blob/v0.12.9/internal/exec/exec.go#L486-L512",
		},
		Fix: "remove one of the two variables",
	},
	about: hasOddVariable,
	check: func(_ pod, c container) []problem {
		var problems []problem
		first := make(map[string]int, len(c.Env))
		for i := range c.Env {
			name := strings.ToUpper(c.Env[i].Name)
			j, known := first[name]
			if !known {
				first[name] = i
			} else if c.Env[j].Name != c.Env[i].Name {
				problems = append(problems, problem{
					list:    "env",
					index:   i,
					field:   "name",
					message: fmt.Sprintf("is %s, on Windows the same name as %s of env[%d]: which of the two values the process gets is random", quoted(c.Env[i].Name), quoted(c.Env[j].Name), j),
				})
			}
		}
		return problems
	},
}
