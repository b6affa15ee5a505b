// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"
	"strings"
)

// envNameCase: to Windows the names are one.
var envNameCase = rule[containerCheck]{
	Rule: Rule{
		ID:    "env-name-case",
		Title: "two variables differ in upper and lower case only",
		Doc: `On Windows the case of a variable's name doesn't count. The runtime keeps one of the two values, and which one differs from start to start: it holds the variables in a map, whose order is random.

Kubernetes takes the two for different variables, so the API server has nothing against it. Of two variables with exactly the same name the last one counts, everywhere.`,
		Outcome: OutcomeDiffers,
		Since:   "v0.1.0",
		Sources: []string{
			"https://github.com/microsoft/hcsshim/blob/v0.12.9/internal/cmd/cmd.go#L173-L180",
			jobSource + "#L292-L297",
			"https://github.com/microsoft/hcsshim/blob/v0.12.9/internal/exec/exec.go#L486-L512",
		},
		Fix: "remove one of the two",
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
					message: fmt.Sprintf("is %s, on Windows the same as %s of env[%d]: which of the two values counts is random", quoted(c.Env[i].Name), quoted(c.Env[j].Name), j),
				})
			}
		}
		return problems
	},
}
