// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import "fmt"

// commandScript: a script is no program.
var commandScript = rule[commandCheck]{
	Rule: Rule{
		ID:    "command-script",
		Title: "a script can't be run without its interpreter",
		Doc: `Windows runs .exe and .com files, and .cmd and .bat files by cmd. It knows no #! line: a .ps1, .sh or .py file as the program isn't run. cmd would open it with what the node has registered for it, an editor for .ps1; without cmd, starting it fails.

What exactly happens in a HostProcess container has not been tried.`,
		Severity:   Warning,
		Layer:      Node,
		Unverified: true,
		Since:      "v0.1.0",
		Sources: []string{
			jobSource + "#L338-L357",
			"https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-createprocessw",
		},
		Fix: "name the interpreter first, as in powershell -File SCRIPT",
	},
	check: func(_ pod, _ container, c command) []problem {
		i, word := 0, c.program()
		if c.shell() == cmdShell {
			i, word = c.inner()
		}
		switch extension(word) {
		case ".ps1", ".psm1", ".sh", ".py", ".pl", ".rb", ".js", ".jar":
			return []problem{{
				field:   c.field(i),
				message: fmt.Sprintf("is %q, a script, which Windows doesn't run by itself", clip(word)),
			}}
		}
		return nil
	},
}
