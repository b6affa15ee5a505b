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

A shell may expand what is left. Behind cmd /c every case of the letters works. In a script of PowerShell $Env:… and ${env:…} work, except in single quotes, where they stay text, and in front of a path without quotes where PowerShell reads an expression: $dir = ${env:CONTAINER_SANDBOX_MOUNT_POINT}\x can't be read, and nor can such a path at the start of a statement. Behind -EncodedCommand nothing is replaced, and PowerShell doesn't know %…%. With the bind filter every line goes through cmd, and %…% may work in any case; that has not been tried, and isn't so on other nodes.

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
		for i := range c.Len() {
			reference, why := badSandboxReference(c.Word(i), by, env, !c.decoded)
			if reference != "" && !(c.decoded && reference[0] == '%' && expandsPercent(c.Word(i))) {
				problems = append(problems, problem{field: c.field(i), message: sandboxVariableMessage(reference, why)})
			}
		}
		return append(problems, c.misreadReferences()...)
	},
}

// misreadReferences finds, once in each word, what PowerShell doesn't expand in a
// script although it would elsewhere.
func (c command) misreadReferences() []problem {
	if !c.leavesReference() {
		return nil
	}
	script, ok := c.PowerShellScript()
	if !ok {
		return nil
	}
	script.Replaced = !c.decoded
	asText := evaluatesText(script.Text)
	var problems []problem
	for at, fault := range script.MisreadReferences {
		field := c.field(script.WordAt(at.Start))
		if n := len(problems); n > 0 && problems[n-1].field == field || fault == cmdline.ReferenceQuoted && asText {
			continue
		}
		p := problem{field: field}
		switch reference := quoted(script.Text[at.Start:at.End]); fault {
		case cmdline.ReferenceQuoted:
			p.message = fmt.Sprintf("has %s in single quotes, where neither the runtime nor PowerShell replaces it", reference)
			p.fix = "put double quotes in the place of the single ones, or write $env:CONTAINER_SANDBOX_MOUNT_POINT in exactly these letters"
		case cmdline.ReferencePath:
			p.message = fmt.Sprintf("has %s in front of a path without quotes: the runtime leaves it to PowerShell, which can't read that in an expression", reference)
			p.fix = "put double quotes around the whole path, and & before it to run it"
		}
		problems = append(problems, p)
	}
	return problems
}

// leavesReference reports whether the runtime leaves a reference to the sandbox variable
// in the line.
func (c command) leavesReference() bool {
	for i := range c.Len() {
		word := c.Word(i)
		for start, end, found := cmdline.NextSandboxReference(word, 0); found; start, end, found = cmdline.NextSandboxReference(word, end) {
			if c.decoded || cmdline.Token(word[start:end]) == "" {
				return true
			}
		}
	}
	return false
}

// expandsPercent reports whether a script of PowerShell may have %NAME% expanded.
func expandsPercent(script string) bool {
	return cmdline.IndexFold(script, "cmd") >= 0 || cmdline.IndexFold(script, "expandenvironment") >= 0
}

// evaluatesText reports whether a script of PowerShell runs, expands or writes a text,
// or looks for one, so that a reference in single quotes may be meant.
func evaluatesText(script string) bool {
	for _, part := range [...]string{
		"iex", "invoke-expression", "invoke-command", "icm", "expandstring", "create(", "powershell", "pwsh",
		"replace", "match", "like", "contains", "indexof", "select-string", "set-content", "add-content", "out-file",
	} {
		if cmdline.IndexFold(script, part) >= 0 {
			return true
		}
	}
	return false
}

const sandboxVariableFix = `write %CONTAINER_SANDBOX_MOUNT_POINT% in exactly these letters, and a \ behind it`

// sandboxVariableMessage is what is wrong with a reference.
func sandboxVariableMessage(reference, why string) string {
	return fmt.Sprintf("has %s, which the runtime %s: it replaces %s and %s, letter for letter", quoted(reference), why, cmdline.CmdToken, cmdline.PowerShellToken)
}
