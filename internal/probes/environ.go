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
	"github.com/hostprocess-go/sdk/volumes"
)

// environment compares the values of variables.
func environment() Probe {
	variables := []cmdline.Variable{
		{Name: "HOSTPROCESS_PROBE_PLAIN", Value: `a b "c" %d% ^e & f`},
		{Name: "HOSTPROCESS_PROBE_TOKEN", Value: cmdline.CmdToken + `\x;` + cmdline.PowerShellToken + "/y"},
		{Name: "HOSTPROCESS_PROBE_SPELLING", Value: `%Container_Sandbox_Mount_Point%\x`},
		{Name: "HOSTPROCESS_PROBE_EMPTY", Value: ""},
	}
	return Probe{
		Name:   "environment",
		Claim:  "An environment variable has the value that volumes.Runtime.EnvValue predicts: containerd 1.6.7 and later replace the two tokens, case-sensitively, and an empty variable isn't set.",
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
			if !j.answer(c, "the environment", "as volumes.Runtime.EnvValue predicts", &got) {
				return
			}
			for _, v := range variables {
				value, there := n.Target.Runtime().EnvValue(v.Value, n.mode().Root(c.ID))
				j.variable(v.Name, value, there, got)
			}
		},
	}
}

// searchPath sets PATH, which the runtime extends.
func searchPath() Probe {
	const name = "path"
	variables := []cmdline.Variable{{Name: "PATH", Value: `C:\Windows\System32;C:\hostprocess-probe`}}
	return Probe{
		Name:  "search-path",
		Claim: "containerd 1.6 passes a container's PATH unchanged; 1.7 and later append the container's root and the directories of PowerShell and WMI.",
		steps: func(n Node) []step {
			looks := n.container(name, script(assign("PATH", "[Environment]::GetEnvironmentVariable('PATH')"), ""))
			for _, v := range variables {
				looks = looks.WithEnv(v.Name, v.Value)
			}
			return []step{{task: n.task(accounts.LocalService, control(), looks)}}
		},
		judge: func(n Node, answers []Answer, j *judgement) {
			var got map[string]*string
			c := answers[0].container(name)
			if !j.answer(c, "PATH", "as internal/cmdline predicts", &got) {
				return
			}
			shim := cmdline.Shim{Root: n.mode().Root(c.ID) + `\`, Bind: n.mode() == volumes.ModeBind, OwnPath: n.mode() == volumes.ModeSymlink16}
			vars, err := shim.Env(variables)
			if err != nil {
				j.unclear("PATH", "", err.Error())
				return
			}
			j.variable(vars[0].Name, vars[0].Value, true, got)
		},
	}
}

// variable adds a check of the value of an environment variable.
func (j *judgement) variable(name, value string, there bool, got map[string]*string) {
	observed, known := got[name]
	switch {
	case !known:
		j.unclear(name, describe(value, there), "the answer doesn't include it")
	case observed == nil:
		j.is(!there, name, describe(value, there), describe("", false))
	default:
		j.is(there && value == *observed, name, describe(value, there), describe(*observed, true))
	}
}

// describe returns the value of a variable as text.
func describe(value string, there bool) string {
	if !there {
		return "not set"
	}
	return quote.Text(value)
}
