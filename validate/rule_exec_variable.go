// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"
	"strings"
)

// execVariable: the kubelet replaces less in probes, and nothing in hooks.
var execVariable = rule[commandCheck]{
	Rule: Rule{
		ID:    "exec-variable",
		Title: "a probe or hook can't use every $(NAME)",
		Doc: `In the command and args of a container, the kubelet replaces $(NAME) by the value of a variable that env sets. In an exec probe it knows only those with a value of their own: one with a valueFrom becomes nothing. In a lifecycle hook it replaces nothing at all, and on Windows no shell understands $(NAME) in its place; PowerShell takes it for a command.

The process has the variable, in whatever way it is set: PowerShell reads $env:NAME, cmd %NAME%.`,
		Outcome: OutcomeDiffers,
		Since:   "v0.1.0",
		Sources: []string{
			"https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/kubelet/container/helpers.go#L222-L247",
			"https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/kubelet/prober/prober.go#L158",
			"https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/kubelet/lifecycle/handlers.go#L81",
		},
		Fix: "run it by powershell -Command and write $env:NAME, or by cmd /c and write %NAME%",
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
					message: fmt.Sprintf("is %s, in which %s %s", quoted(c.Word(i)), quoted("$("+name+")"), becomes),
				})
			}
		}
		return problems
	},
}

// unknownVariable finds the first variable of the container in the i-th word that
// the kubelet doesn't know there, and says what becomes of it.
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
				return name, "stays as it is: the kubelet replaces nothing in a hook"
			case env.env[at].ValueFrom != nil:
				return name, "becomes nothing: in a probe the kubelet knows no value that comes from elsewhere"
			}
		}
		before, rest, found = strings.Cut(rest, "$(")
	}
	return "", ""
}
