// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"github.com/hostprocess-go/sdk/internal/cmdline"
)

// envSandboxVariable: command-sandbox-variable for the environment.
var envSandboxVariable = rule[containerCheck]{
	Rule: Rule{
		ID:    "env-sandbox-variable",
		Title: "the sandbox variable must be spelled exactly in a variable",
		Doc: `In the value of an environment variable, the runtime replaces %CONTAINER_SANDBOX_MOUNT_POINT% and $env:CONTAINER_SANDBOX_MOUNT_POINT by the root of the container, letter for letter, from containerd 1.6.7 on. Every other spelling stays as it is, and no shell reads the value.

A path behind either needs its separator: of $env:CONTAINER_SANDBOX_MOUNT_POINT_DIR the runtime makes C:\hpc_DIR.

HOSTPROCESS_SCRIPT, HOSTPROCESS_SCRIPT_2 and so on aren't checked: package hostprocess puts scripts there, and PowerShell, which runs them, reads the sandbox variable itself.`,
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
				continue // PowerShell runs it as a script, and reads the variable itself
			}
			if reference, why := badSandboxReference(c.Env[i].Value, cmdline.NoShell, env, true); reference != "" {
				problems = append(problems, problem{list: "env", index: i, field: "value", message: sandboxVariableMessage(reference, why)})
			}
		}
		return problems
	},
}
