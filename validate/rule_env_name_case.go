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

Kubernetes takes the two for different variables, so the API server has nothing against it. Of two variables with exactly the same name the last one holds, everywhere.`,
		Outcome: OutcomeDiffers,
		Since:   "v0.1.0",
		Sources: []string{
			"https://github.com/microsoft/hcsshim/blob/v0.12.9/internal/cmd/cmd.go#L173-L180",
			jobSource + "#L292-L297",
			"https://github.com/microsoft/hcsshim/blob/v0.12.9/internal/exec/exec.go#L486-L512",
		},
		Fix: "remove one of the two",
	},
	check: func(_ pod, c container) []problem {
		var problems []problem
		var seen map[string]int
		if len(c.Env) > few {
			seen = make(map[string]int, len(c.Env))
		}
		for i := range c.Env {
			if j := c.sameVariable(i, seen); j >= 0 && c.Env[j].Name != c.Env[i].Name {
				problems = append(problems, problem{
					field:   fmt.Sprintf("env[%d].name", i),
					message: fmt.Sprintf("is %q, on Windows the same as %q of env[%d]: which of the two values holds is random", clip(c.Env[i].Name), clip(c.Env[j].Name), j),
				})
			}
		}
		return problems
	},
}

// sameVariable finds an earlier variable of that name, whatever its case, or
// returns -1. For many variables it remembers them in seen.
func (c container) sameVariable(i int, seen map[string]int) int {
	name := c.Env[i].Name
	if seen != nil {
		name = strings.ToUpper(name)
		if j, ok := seen[name]; ok {
			return j
		}
		seen[name] = i
		return -1
	}
	for j := range i {
		if other := c.Env[j].Name; len(other) == len(name) && strings.EqualFold(other, name) {
			return j
		}
	}
	return -1
}
