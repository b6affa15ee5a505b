// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import "strings"

// commandScriptBlock: a block by itself is a value.
var commandScriptBlock = rule[commandCheck]{
	Rule: Rule{
		ID:      "command-script-block",
		Title:   "PowerShell prints a block in braces and doesn't run it",
		Doc:     `With -Command "{ Start-Service agent }" PowerShell reads an expression whose value is a block. It prints the text of the block, runs nothing of it, and ends with exit code 0. Only from within PowerShell itself is a block after -Command run; a container's command is not.`,
		Outcome: OutcomeDiffers,
		Since:   "v0.1.0",
		Sources: []string{
			powerShellExeSource,
			"https://github.com/PowerShell/PowerShell/blob/v7.4.6/src/Microsoft.PowerShell.ConsoleHost/host/msh/CommandLineParameterParser.cs",
		},
		Fix: "remove the braces, or put & before them: & { … }",
	},
	about: hasHostProgram,
	check: func(_ pod, _ container, c command) []problem {
		i := c.ScriptStart()
		if i == 0 || !strings.HasPrefix(strings.TrimLeft(c.Word(i), " \t\r\n"), "{") {
			return nil
		}
		script, ok := c.PowerShellScript()
		if !ok {
			return nil
		}
		start, block := script.IsBlock()
		if !block {
			return nil
		}
		return []problem{{field: c.field(script.WordAt(start)), message: "is a block in braces: PowerShell prints its text, and runs nothing of it"}}
	},
}
