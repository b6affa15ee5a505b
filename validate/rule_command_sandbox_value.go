// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"

	"github.com/hostprocess-go/sdk/internal/cmdline"
	"github.com/hostprocess-go/sdk/internal/quote"
)

// commandSandboxValue: PowerShell gets a path where a variable was written.
var commandSandboxValue = rule[commandCheck]{
	Rule: Rule{
		ID:    "command-sandbox-value",
		Title: "the sandbox variable needs quotes where PowerShell expects a value",
		Doc: `The runtime replaces $env:CONTAINER_SANDBOX_MOUNT_POINT and %CONTAINER_SANDBOX_MOUNT_POINT% in a command line before PowerShell reads it. PowerShell never sees a variable, but a path without quotes. What it makes of that depends on where the path is:

- As an argument, Get-Content C:\hpc\x, that is fine: PowerShell is in argument mode.
- Where a statement starts, in $dir = C:\hpc, return C:\hpc, (C:\hpc) or "$(C:\hpc)\x", PowerShell takes the path for a command: the term 'C:\hpc' is not recognized.
- Where an expression goes on, in 'a' + C:\hpc, f(C:\hpc), $x[C:\hpc] or param($dir = C:\hpc), PowerShell can't read the script, and runs nothing of it: you must provide a value expression.

The path of a program, with its extension, is fine where a statement starts. A path without extension at the start of a statement may be a program, and isn't reported.

${env:CONTAINER_SANDBOX_MOUNT_POINT} is left to PowerShell, and is a value everywhere. But where an expression is, no path can follow it without quotes: write "${env:CONTAINER_SANDBOX_MOUNT_POINT}\x", or (Join-Path ${env:CONTAINER_SANDBOX_MOUNT_POINT} x).

In a script that is a file, and behind -EncodedCommand, nothing is replaced, and the variable is one.`,
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
			p.message = fmt.Sprintf("has %s, where the runtime puts a path without quotes: PowerShell takes it for a command", shown)
		case cmdline.PathNoValue:
			p.message = fmt.Sprintf("has %s where PowerShell needs a value: the runtime puts a path without quotes there, and PowerShell can't read the script", shown)
		case cmdline.PathFollowed:
			p.message = fmt.Sprintf("has %s, and PowerShell can't read what stands behind it: a path with a blank, or before a comma, needs quotes", shown)
			return []problem{p}
		}
		if quote.Plain(path) && len(path) < 400 {
			p.fix = fmt.Sprintf("write '%s', in single quotes", path)
		}
		return []problem{p}
	},
}

// hasToken reports whether a word behind the first has a token.
func (c command) hasToken() bool {
	for i := 1; i < c.Len(); i++ {
		if cmdline.HasToken(c.Word(i)) {
			return true
		}
	}
	return false
}
