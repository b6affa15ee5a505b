// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"

	"github.com/hostprocess-go/sdk/internal/cmdline"
)

// commandSandboxVariable: the sandbox variable has two spellings.
var commandSandboxVariable = rule[commandCheck]{
	Rule: Rule{
		ID:    "command-sandbox-variable",
		Title: "the sandbox variable must be spelled exactly",
		Doc: `In a command line, the runtime replaces %CONTAINER_SANDBOX_MOUNT_POINT% and $env:CONTAINER_SANDBOX_MOUNT_POINT by the root of the container, letter for letter. It is no shell: %container_sandbox_mount_point%, $Env:…, ${env:…}, $CONTAINER_SANDBOX_MOUNT_POINT and $(CONTAINER_SANDBOX_MOUNT_POINT) stay as they are, although the documentation itself uses the last but one as a shorthand. Nor does the kubelet know the variable.

A shell may expand what is left. In a script of PowerShell $Env:… and ${env:…} work, except as the start of the program's path, and behind cmd /c every case of the letters does; neither is found fault with. With the bind filter every line goes through cmd, and %…% may work in any case; that has not been tried, and isn't so on other nodes.

The second spelling ends where it ends: of $env:CONTAINER_SANDBOX_MOUNT_POINT_DIR the runtime makes C:\hpc_DIR. And a path behind either needs its separator: %CONTAINER_SANDBOX_MOUNT_POINT%etc becomes C:\hpcetc.`,
		Outcome: OutcomeDiffers,
		Since:   "v0.1.0",
		Sources: []string{
			jobSource + "#L759-L766",
			jobSource16 + "#L616",
			docSource,
		},
		Fix: sandboxVariableFix,
	},
	about: hasReference,
	check: func(_ pod, at container, c command) []problem {
		by := c.Shell()
		if by == cmdline.PowerShell && c.RunsFile() {
			by = cmdline.NoShell
		}
		var env variables
		if !c.isHook() {
			env = at.variables()
		}
		var problems []problem
		script := noIndex
		if start := c.ScriptStart(); start > 0 && c.Shell() == cmdline.PowerShell {
			script = start
		}
		for i := range c.Len() {
			if reference, why := badSandboxReference(c.Word(i), by, env, i == script); reference != "" {
				problems = append(problems, problem{field: c.field(i), message: sandboxVariableMessage(reference, why)})
			}
		}
		return problems
	},
}

const sandboxVariableFix = `write %CONTAINER_SANDBOX_MOUNT_POINT% in exactly these letters, and a \ behind it`

// sandboxVariableMessage is what is wrong with a reference.
func sandboxVariableMessage(reference, why string) string {
	return fmt.Sprintf("has %s, which the runtime %s: it replaces %s and %s, letter for letter", quoted(reference), why, cmdline.CmdToken, cmdline.PowerShellToken)
}
