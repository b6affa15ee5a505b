// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"
	"strings"

	"github.com/hostprocess-go/sdk/internal/cmdline"
)

// commandConsole: nobody types anything.
var commandConsole = rule[commandCheck]{
	Rule: Rule{
		ID:    "command-console",
		Title: "a program that waits for a keyboard ends at once",
		Doc: `A container without stdin: true has no console to read from. timeout ends with "Input redirection is not supported", and a cmd or PowerShell that is to read commands, cmd without /c or powershell -NoExit, finds the end of its input and ends. None of them keeps a container running.

What they do in a HostProcess container has not been tried. To wait, use powershell -Command "while ($true) { Start-Sleep 3600 }", or ping.exe -t localhost.`,
		Outcome:    OutcomeFails,
		Unverified: true,
		Since:      "v0.1.0",
		Sources: []string{
			cmdSource,
			"https://github.com/MicrosoftDocs/windowsserverdocs/blob/ca6cf9ccb90198aa73a3331c4e93d058e8e16b0c/WindowsServerDocs/administration/windows-commands/timeout.md",
		},
		Fix: `run the program itself, or, to wait, powershell with -Command and while ($true) { Start-Sleep 3600 }`,
	},
	about: hasHostProgram,
	check: func(_ pod, at container, c command) []problem {
		if at.Stdin || len(c.Command) == 0 {
			return nil
		}
		if i, word := c.CmdTarget(); cmdline.IsBare(word) && cmdline.IsNamed(word, "timeout") {
			return []problem{{field: c.field(i), message: fmt.Sprintf("runs %s, which needs a console: it ends at once", word)}}
		}
		switch {
		case c.Shell() == cmdline.CmdShell && c.Len() == 1, c.Shell() == cmdline.PowerShell && c.Len() == 1:
			return []problem{{field: c.field(0), message: fmt.Sprintf("is %s alone, which reads commands from a console: without stdin it ends at once", clip(c.Word(0)))}}
		case c.Shell() == cmdline.PowerShell && c.Len() == 2 && strings.EqualFold(c.Word(1), "-NoExit"):
			return []problem{{field: c.field(1), message: "is -NoExit and nothing to run: without stdin PowerShell ends at once"}}
		}
		return nil
	},
}
