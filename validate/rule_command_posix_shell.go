// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"

	"github.com/hostprocess-go/sdk/internal/cmdline"
)

// commandPosixShell: Windows nodes have no sh.
var commandPosixShell = rule[commandCheck]{
	Rule: Rule{
		ID:    "command-posix-shell",
		Title: "Windows nodes have no sh or bash",
		Doc: `A HostProcess container runs the node's programs, and Windows has neither sh nor bash. The command works only if the image has an sh.exe in its root directory, or if one is installed on the node, which this rule can't check.

On nodes with the bind filter, cmd starts and exits with an error. On the others, the container doesn't start: "failed to find executable".`,
		Outcome:    OutcomeFails,
		Unverified: true,
		Since:      "v0.1.0",
		Sources: []string{
			searchSource,
			jobSource + "#L321-L340",
		},
		Fix: `use powershell or cmd, or run the image's own shell as %CONTAINER_SANDBOX_MOUNT_POINT%\sh.exe`,
	},
	about: hasHostProgram,
	check: func(_ pod, _ container, c command) []problem {
		for i, word := range c.Programs {
			if !posixShell(word) {
				continue
			}
			return []problem{{
				field:   c.field(i),
				message: fmt.Sprintf("runs %s, a shell that Windows doesn't have: unless the image has one, the command fails", quoted(word)),
				fix:     exact("use powershell or cmd, or run the image's own shell as %s", cmdline.CmdToken+`\`+word+".exe"),
			}}
		}
		return nil
	},
}

// posixShell reports whether a program is a shell of Linux, by its name alone.
func posixShell(word string) bool {
	switch word {
	case "sh", "bash", "ash", "dash", "zsh", "ksh":
		return true
	}
	return false
}
