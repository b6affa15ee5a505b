// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"

	"github.com/hostprocess-go/sdk/internal/cmdline"
)

// commandSandboxVariable: the runtime replaces two spellings of the sandbox variable.
var commandSandboxVariable = rule[commandCheck]{
	Rule: Rule{
		ID:    "command-sandbox-variable",
		Title: "a command must spell the sandbox variable exactly",
		Doc: `In a command line, the runtime replaces exactly two spellings with the container's root directory: %CONTAINER_SANDBOX_MOUNT_POINT% and $env:CONTAINER_SANDBOX_MOUNT_POINT. It is not a shell: %container_sandbox_mount_point%, $Env:…, ${env:…}, $CONTAINER_SANDBOX_MOUNT_POINT (which the documentation uses as a shorthand) and $(CONTAINER_SANDBOX_MOUNT_POINT) stay as they are. The kubelet doesn't know the variable either.

A shell may expand what the runtime leaves. After cmd /c, the case of the letters doesn't matter. In a PowerShell script, $Env:… and ${env:…} work, except in single quotes, and except in front of a path without quotes where PowerShell reads an expression or starts a statement: it can't parse $dir = ${env:CONTAINER_SANDBOX_MOUNT_POINT}\x. After -EncodedCommand the runtime replaces nothing, and PowerShell doesn't know %…%. With the bind filter, every line runs in cmd, so %…% in another case may work there; that has not been verified, and doesn't help on other nodes.

The spelling with $env: takes no suffix: the runtime makes C:\hpc_DIR of $env:CONTAINER_SANDBOX_MOUNT_POINT_DIR. And a path after either spelling needs its separator: %CONTAINER_SANDBOX_MOUNT_POINT%etc becomes C:\hpcetc.`,
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

// misreadReferences finds, once per word, references that PowerShell doesn't expand in a
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
			p.fix = "replace the single quotes with double quotes, or write exactly $env:CONTAINER_SANDBOX_MOUNT_POINT"
		case cmdline.ReferencePath:
			p.message = fmt.Sprintf("has %s in front of a path without quotes, which PowerShell can't parse in an expression", reference)
			p.fix = "put double quotes around the whole path, and & in front of them to run it"
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

const sandboxVariableFix = `write exactly %CONTAINER_SANDBOX_MOUNT_POINT%, followed by a \`

// sandboxVariableMessage describes the problem with a reference.
func sandboxVariableMessage(reference, why string) string {
	return fmt.Sprintf("has %s, which the runtime %s", quoted(reference), why)
}
