// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"

	"github.com/hostprocess-go/sdk/internal/cmdline"
	"github.com/hostprocess-go/sdk/internal/quote"
)

// commandSandboxValue: PowerShell reads a path where the author wrote a variable.
var commandSandboxValue = rule[commandCheck]{
	Rule: Rule{
		ID:    "command-sandbox-value",
		Title: "the sandbox variable needs quotes where PowerShell expects a value",
		Doc: `The runtime replaces $env:CONTAINER_SANDBOX_MOUNT_POINT and %CONTAINER_SANDBOX_MOUNT_POINT% in a command line before PowerShell reads it. PowerShell doesn't see a variable but a path without quotes. The result depends on where the path is:

- As an argument, as in Get-Content C:\hpc\x, it works: PowerShell is in argument mode.
- Where a statement starts, as in $dir = C:\hpc, return C:\hpc, (C:\hpc) or "$(C:\hpc)\x", PowerShell takes the path for a command: "the term 'C:\hpc' is not recognized".
- Where an expression continues, as in 'a' + C:\hpc, f(C:\hpc), $x[C:\hpc] or param($dir = C:\hpc), PowerShell can't parse the script and runs none of it: "you must provide a value expression".

At the start of a statement, the path of a program with its extension works. The rule doesn't report a path without an extension there, because it may be a program.

${env:CONTAINER_SANDBOX_MOUNT_POINT} is left to PowerShell and is a value everywhere. But in an expression, no path can follow it without quotes: write "${env:CONTAINER_SANDBOX_MOUNT_POINT}\x" or (Join-Path ${env:CONTAINER_SANDBOX_MOUNT_POINT} x).

In a script file, and after -EncodedCommand, the runtime replaces nothing, and PowerShell reads the variable.`,
		Outcome: OutcomeDiffers,
		Since:   "v0.1.0",
		Sources: []string{
			jobSource + "#L317-L319",
			powerShellParsingSource,
			"https://github.com/PowerShell/PowerShell/blob/v7.4.6/src/System.Management.Automation/engine/parser/Parser.cs",
		},
		Fix: `put single quotes around the whole path, as in '$env:CONTAINER_SANDBOX_MOUNT_POINT\x'`,
	},
	about: hasHostProgram,
	check: func(_ pod, _ container, c command) []problem {
		if c.decoded || !c.hasToken() {
			return nil
		}
		script, ok := c.PowerShellScript()
		if !ok {
			return nil
		}
		part, from, fault := script.MisplacedPath()
		if fault == 0 {
			return nil
		}
		path, shown := script.Text[part.Start:part.End], quoted(script.Text[from:part.End])
		p := problem{field: c.field(script.WordAt(part.Start))}
		switch fault {
		case cmdline.PathRun:
			p.message = fmt.Sprintf("has %s, which the runtime replaces with a path without quotes: PowerShell takes that for a command", shown)
		case cmdline.PathNoValue:
			p.message = fmt.Sprintf("has %s, which the runtime replaces with a path without quotes: PowerShell expects a value and can't parse the script", shown)
		case cmdline.PathFollowed:
			p.message = fmt.Sprintf("has %s, and PowerShell can't parse what follows: a path with a space, or before a comma, needs quotes", shown)
			return []problem{p}
		}
		if quote.Plain(path) && len(path) < 400 {
			p.fix = fmt.Sprintf("write '%s', in single quotes", path)
		}
		return []problem{p}
	},
}

// hasToken reports whether a word after the first has a token.
func (c command) hasToken() bool {
	for i := 1; i < c.Len(); i++ {
		if cmdline.HasToken(c.Word(i)) {
			return true
		}
	}
	return false
}
