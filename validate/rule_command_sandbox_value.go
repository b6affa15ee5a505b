// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"
	"strings"

	"github.com/hostprocess-go/sdk/internal/cmdline"
)

// commandSandboxValue: PowerShell gets a path where a variable was written.
var commandSandboxValue = rule[commandCheck]{
	Rule: Rule{
		ID:    "command-sandbox-value",
		Title: "the sandbox variable needs quotes where PowerShell wants a value",
		Doc: `The runtime replaces $env:CONTAINER_SANDBOX_MOUNT_POINT in a command line before PowerShell reads it. PowerShell never sees a variable, but a path without quotes. As an argument, Get-Content C:\hpc\x, that is fine. Where a value is expected, in $dir = C:\hpc, in (C:\hpc) or in "$(C:\hpc)\x", PowerShell takes it for a command, and fails: the term 'C:\hpc' is not recognized.

In a script that is a file nothing is replaced, and the variable is one.`,
		Outcome: OutcomeDiffers,
		Since:   "v0.1.0",
		Sources: []string{
			jobSource + "#L317-L319",
			"https://github.com/MicrosoftDocs/PowerShell-Docs/blob/d61d15b5faf081733c507df73e9e68d419cc7a5e/reference/5.1/Microsoft.PowerShell.Core/About/about_Parsing.md",
		},
		Fix: "put single quotes around the whole path, or write ${env:CONTAINER_SANDBOX_MOUNT_POINT}, which is left to PowerShell",
	},
	about: hasHostProgram,
	check: func(_ pod, _ container, c command) []problem {
		if c.Shell() != cmdline.PowerShell || c.RunsFile() {
			return nil
		}
		for i := range c.Len() {
			if found := c.value(i); found != "" {
				return []problem{{
					field:   c.field(i),
					message: fmt.Sprintf("has %s, where the runtime puts a path without quotes: PowerShell takes it for a command", quoted(found)),
				}}
			}
		}
		return nil
	},
}

// value finds a token of the sandbox variable in the i-th word that stands where
// PowerShell wants a value, with what is around it.
func (c command) value(i int) string {
	word := c.Word(i)
	inSingle, inDouble := false, false
	for start := range len(word) {
		switch word[start] {
		case '\'':
			inSingle = !inSingle
		case '"':
			inDouble = !inDouble
		}
		if inSingle || cmdline.Token(word[start:]) == "" {
			continue
		}
		before := strings.TrimRight(word[:start], " \t")
		if before == "" && i > 0 {
			before = strings.TrimRight(c.Word(i-1), " \t")
		}
		if opener := valueOpener(before, inDouble); opener > 0 {
			if path := word[start : start+pathLength(word[start:])]; !cmdline.IsExecutable(path) {
				return before[len(before)-opener:] + path
			}
		}
	}
	return ""
}

// valueOpener is the length of what at the end of a script says that a value
// follows: an assignment or an opening bracket; in a string, only "$(".
func valueOpener(before string, inString bool) int {
	switch {
	case strings.HasSuffix(before, "$("):
		return 2
	case inString:
		return 0
	case strings.HasSuffix(before, "("):
		return 1
	case !strings.HasSuffix(before, "="):
		return 0
	}
	name := strings.TrimRight(before[:len(before)-1], " \t+")
	start := len(name)
	for start > 0 && (cmdline.IsNameByte(name[start-1]) || name[start-1] == ':') {
		start--
	}
	if start > 0 && start < len(name) && name[start-1] == '$' {
		return len(before) - start + 1
	}
	return 0
}

// pathLength is how far the path at the start of a script goes.
func pathLength(script string) int {
	// Up to its end, the token has characters that end a path elsewhere.
	n := len(cmdline.Token(script))
	for n < len(script) && classOf[script[n]]&startsPath == 0 && script[n] != ')' && script[n] != '}' {
		n++
	}
	return n
}
