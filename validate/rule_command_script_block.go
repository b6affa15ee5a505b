// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import "strings"

var commandScriptBlock = rule[commandCheck]{
	Rule: Rule{
		ID:      "command-script-block",
		Title:   "PowerShell prints a script block after -Command instead of running it",
		Doc:     `With -Command "{ Start-Service agent }", PowerShell evaluates an expression whose value is a script block: it prints the block's text, runs none of it, and exits with code 0. A block after -Command runs only if PowerShell itself starts the command, which it doesn't in a container.`,
		Outcome: OutcomeDiffers,
		Since:   "v0.1.0",
		Sources: []string{
			powerShellExeSource,
			"https://github.com/PowerShell/PowerShell/blob/v7.4.6/src/Microsoft.PowerShell.ConsoleHost/host/msh/CommandLineParameterParser.cs",
		},
		Fix: "remove the braces, or put & in front of them: & { … }",
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
		return []problem{{field: c.field(script.WordAt(start)), message: "is a script block in braces: PowerShell prints its text and runs none of it"}}
	},
}
