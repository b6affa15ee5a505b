// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"
	"strings"
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
	check: func(_ pod, _ container, c command) []problem {
		if c.shell() != powerShell || c.runsFile() {
			return nil
		}
		for i := range c.words() {
			if found := c.value(i); found != "" {
				return []problem{{
					field:   c.field(i),
					message: fmt.Sprintf("has %q, where the runtime puts a path without quotes: PowerShell takes it for a command", clip(found)),
				}}
			}
		}
		return nil
	},
}

// value finds a token of the sandbox variable in the i-th word that stands where
// PowerShell wants a value, with what is around it.
func (c command) value(i int) string {
	word := c.word(i)
	for start := range len(word) {
		token := sandboxToken(word[start:])
		if token == "" || strings.Count(word[:start], "'")%2 == 1 {
			continue
		}
		before := strings.TrimRight(word[:start], " \t")
		if before == "" && i > 0 {
			before = strings.TrimRight(c.word(i-1), " \t")
		}
		opener := valueOpener(before, strings.Count(word[:start], `"`)%2 == 1)
		if end := start + pathLength(word[start:]); opener > 0 && !executable(word[start:end]) {
			return before[len(before)-opener:] + word[start:end]
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
	for start > 0 && (isNameByte(name[start-1]) || name[start-1] == ':') {
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
	n := len(sandboxToken(script))
	for n < len(script) && specialOf[script[n]]&(boundary|quote) == 0 && script[n] != ')' && script[n] != '}' {
		n++
	}
	return n
}

// executable says whether PowerShell would run the path.
func executable(path string) bool {
	switch extension(path) {
	case ".exe", ".com", ".cmd", ".bat", ".ps1":
		return true
	}
	return false
}
