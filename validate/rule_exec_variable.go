// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"
	"strings"
)

// execVariable: the kubelet expands less in probes, and nothing in hooks.
var execVariable = rule[commandCheck]{
	Rule: Rule{
		ID:    "exec-variable",
		Title: "$(NAME) is not always expanded in a probe or hook",
		Doc: `In a container's command and args, the kubelet replaces $(NAME) with the value of a variable from env. In an exec probe, it knows only variables with a literal value: one with a valueFrom becomes an empty text. In a lifecycle hook, it replaces nothing, and on Windows no shell reads $(NAME) as a variable; PowerShell takes it for a command.

The process itself has the variable, however it is set: PowerShell reads it as $env:NAME, cmd as %NAME%.`,
		Outcome: OutcomeDiffers,
		Since:   "v0.1.0",
		Sources: []string{
			"https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/kubelet/container/helpers.go#L222-L247",
			"https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/kubelet/prober/prober.go#L158",
			"https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/kubelet/lifecycle/handlers.go#L81",
		},
		Fix: "run it with powershell -Command and write $env:NAME, or with cmd /c and write %NAME%",
	},
	about: hasReference,
	check: func(_ pod, at container, c command) []problem {
		if c.at == "" {
			return nil
		}
		var problems []problem
		env := at.variables()
		for i := range c.Len() {
			if name, becomes := c.unknownVariable(i, env); name != "" {
				problems = append(problems, problem{
					field:   c.field(i),
					message: fmt.Sprintf("is %s, but %s %s", quoted(c.Word(i)), quoted("$("+name+")"), becomes),
				})
			}
		}
		return problems
	},
}

// unknownVariable returns the first variable of the container in the i-th word that
// the kubelet doesn't expand there, and what happens to it.
func (c command) unknownVariable(i int, env variables) (name, becomes string) {
	before, rest, found := strings.Cut(c.Word(i), "$(")
	for found {
		escaped := strings.HasSuffix(before, "$")
		var closed bool
		if name, rest, closed = strings.Cut(rest, ")"); !closed {
			return "", ""
		}
		if at := env.find(name); at >= 0 && !escaped {
			switch {
			case c.isHook():
				return name, "stays as it is: the kubelet expands nothing in a hook"
			case env.env[at].ValueFrom != nil:
				return name, "becomes empty: in a probe, the kubelet doesn't know variables with a valueFrom"
			}
		}
		before, rest, found = strings.Cut(rest, "$(")
	}
	return "", ""
}
