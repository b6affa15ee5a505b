// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package probes

import (
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/hostprocess-go/sdk/accounts"
	"github.com/hostprocess-go/sdk/internal/cmdline"
	"github.com/hostprocess-go/sdk/internal/quote"
	"github.com/hostprocess-go/sdk/validate"
)

// environment compares what arrives of some variables.
func environment() Probe {
	variables := []cmdline.Variable{
		{Name: "HOSTPROCESS_PROBE_PLAIN", Value: `a b "c" %d% ^e & f`},
		{Name: "HOSTPROCESS_PROBE_TOKEN", Value: cmdline.CmdToken + `\x;` + cmdline.PowerShellToken + "/y"},
		{Name: "HOSTPROCESS_PROBE_SPELLING", Value: `%Container_Sandbox_Mount_Point%\x`},
		{Name: "HOSTPROCESS_PROBE_EMPTY", Value: ""},
	}
	return Probe{
		Name:   "environment",
		Claim:  "An environment variable has the value that volumes.Runtime.EnvValue says: the two tokens are replaced since containerd 1.6.7, letter for letter, and an empty one isn't there.",
		Breaks: []validate.RuleID{"env-empty", "env-sandbox-variable", "env-token-unexpanded"},
		steps: func(n Node) []step {
			var lines strings.Builder
			for _, v := range variables {
				lines.WriteString(assign(v.Name, "[Environment]::GetEnvironmentVariable("+quote.PowerShell(v.Name)+")"))
			}
			looks := n.container("environment", script(lines.String(), ""))
			looks = looks.Edit(func(c *corev1.Container) {
				for _, v := range variables {
					c.Env = append(c.Env, corev1.EnvVar{Name: v.Name, Value: v.Value})
				}
			})
			return []step{{task: n.task(accounts.LocalService, control(), looks)}}
		},
		judge: func(n Node, answers []Answer, j *judgement) {
			var got map[string]*string
			c := answers[0].container("environment")
			if !j.answer(c, "the environment", "as volumes.Runtime.EnvValue says", &got) {
				return
			}
			for _, v := range variables {
				value, there := n.Target.Runtime().EnvValue(v.Value, n.mode().Root(c.ID))
				observed, known := got[v.Name]
				switch {
				case !known:
					j.unclear(v.Name, value, "the answer says nothing about it")
				case observed == nil:
					j.is(!there, v.Name, describe(value, there), describe("", false))
				default:
					j.is(there && value == *observed, v.Name, describe(value, there), describe(*observed, true))
				}
			}
		},
	}
}

// describe shows the value of a variable.
func describe(value string, there bool) string {
	if !there {
		return "no variable"
	}
	return quote.Text(value)
}
