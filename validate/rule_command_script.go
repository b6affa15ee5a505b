// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"

	"github.com/hostprocess-go/sdk/internal/cmdline"
)

var commandScript = rule[commandCheck]{
	Rule: Rule{
		ID:    "command-script",
		Title: "a script can't be run without its interpreter",
		Doc: `Windows runs .exe and .com files, and runs .cmd and .bat files in cmd. It has no #! lines, so a .ps1, .sh or .py file can't be the program. cmd would open it with the program that the node has registered for the extension, which for .ps1 is an editor. Without cmd, starting it fails.

What exactly happens in a HostProcess container has not been verified.`,
		Outcome:    OutcomeFails,
		Unverified: true,
		Since:      "v0.1.0",
		Sources: []string{
			jobSource + "#L338-L357",
			"https://github.com/MicrosoftDocs/sdk-api/blob/e577be729dbc4598c8b420f6614b569a4724e9c4/sdk-api-src/content/processthreadsapi/nf-processthreadsapi-createprocessw.md",
		},
		Fix: "name the interpreter first, as in powershell -File SCRIPT",
	},
	about: hasHostProgram,
	check: func(_ pod, _ container, c command) []problem {
		i, word := c.CmdTarget()
		switch cmdline.Ext(word) {
		case ".ps1", ".psm1", ".sh", ".py", ".pl", ".rb", ".js", ".jar":
			return []problem{{
				field:   c.field(i),
				message: fmt.Sprintf("is %s, a script, which Windows can't run without its interpreter", quoted(word)),
			}}
		}
		return nil
	},
}
