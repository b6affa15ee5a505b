// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"github.com/hostprocess-go/sdk/internal/cmdline"
)

// envSandboxVariable: like command-sandbox-variable, but for the environment.
var envSandboxVariable = rule[containerCheck]{
	Rule: Rule{
		ID:    "env-sandbox-variable",
		Title: "an environment variable must spell the sandbox variable exactly",
		Doc: `In the value of an environment variable, the runtime replaces exactly two spellings with the container's root directory, from containerd 1.6.7 on: %CONTAINER_SANDBOX_MOUNT_POINT% and $env:CONTAINER_SANDBOX_MOUNT_POINT. Every other spelling stays as it is, because no shell reads the value.

A path after either spelling needs its separator: the runtime makes C:\hpc_DIR of $env:CONTAINER_SANDBOX_MOUNT_POINT_DIR.

The rule doesn't check HOSTPROCESS_SCRIPT, HOSTPROCESS_SCRIPT_2 and so on: package hostprocess stores scripts there, and PowerShell, which runs them, reads the sandbox variable itself.`,
		Outcome: OutcomeDiffers,
		Since:   "v0.1.0",
		Sources: []string{
			jobSource + "#L290-L297",
			jobSource + "#L759-L766",
		},
		Fix: sandboxVariableFix,
	},
	about: hasReference,
	check: func(_ pod, c container) []problem {
		var problems []problem
		env := c.variables()
		for i := range c.Env {
			if cmdline.IsScriptVariable(c.Env[i].Name) {
				continue // a script, in which PowerShell reads the variable itself
			}
			if reference, why := badSandboxReference(c.Env[i].Value, cmdline.NoShell, env, true); reference != "" {
				problems = append(problems, problem{list: "env", index: i, field: "value", message: sandboxVariableMessage(reference, why)})
			}
		}
		return problems
	},
}
