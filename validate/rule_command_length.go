// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"

	"github.com/hostprocess-go/sdk/internal/cmdline"
)

// commandLength: cmd accepts 8191 characters.
var commandLength = rule[commandCheck]{
	Rule: Rule{
		ID:    "command-length",
		Title: "a command line for cmd can't be longer than 8191 characters",
		Doc: `On nodes with the bind filter, the shim (hcsshim) runs every command line as "cmd /c LINE", and Microsoft documents a limit of 8191 characters for cmd. Without cmd, the limit is 32767. A script passed to powershell -EncodedCommand reaches it early, because the encoding makes almost three characters of each one.

What cmd does with a longer line in a HostProcess container has not been verified.`,
		Outcome:    OutcomeFails,
		Unverified: true,
		Since:      "v0.1.0",
		Sources: []string{
			"https://github.com/MicrosoftDocs/SupportArticles-docs/blob/2ec775ac001d64f6bdb76781b96fcbd03b0e71bd/support/windows-client/shell-experience/command-line-string-limitation.md",
			jobSource + "#L338-L340",
		},
		Fix: "put the script into a ConfigMap and run it with powershell -File",
	},
	when:  bindMounts,
	about: isLong,
	check: func(_ pod, _ container, c command) []problem {
		length, tooLong := c.TooLongForCmd()
		if !tooLong {
			return nil
		}
		list := "command"
		if len(c.Args) > 0 {
			list = "args"
		}
		return []problem{{
			field:   list,
			message: fmt.Sprintf("makes a line of %d characters, but nodes with the bind filter run it in cmd, which accepts %d", length, cmdline.MostForCmd),
		}}
	},
}
