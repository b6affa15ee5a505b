// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"

	"github.com/hostprocess-go/sdk/internal/cmdline"
)

// commandPosixShell: a Windows node has no sh.
var commandPosixShell = rule[commandCheck]{
	Rule: Rule{
		ID:    "command-posix-shell",
		Title: "a Windows node has no sh or bash",
		Doc: `A HostProcess container runs the programs of the node, and Windows has neither sh nor bash. Only an image that brings an sh.exe in its root, or a node on which somebody has installed one, runs such a command; a pod can't tell.

On nodes with the bind filter the container starts, because cmd does, and exits. On the others it doesn't start: "failed to find executable".`,
		Outcome:    OutcomeFails,
		Unverified: true,
		Since:      "v0.1.0",
		Sources: []string{
			searchSource,
			jobSource + "#L321-L340",
		},
		Fix: "use powershell or cmd, or name the image's own as %CONTAINER_SANDBOX_MOUNT_POINT%\\sh.exe",
	},
	about: hasHostProgram,
	check: func(_ pod, _ container, c command) []problem {
		for i, word := range c.Programs {
			if !posixShell(word) {
				continue
			}
			return []problem{{
				field:   c.field(i),
				message: fmt.Sprintf("runs %s, a shell that a Windows node doesn't have: unless the image brings it, the command fails", quoted(word)),
				fix:     exact("use powershell or cmd, or name the image's own as %s", cmdline.CmdToken+`\`+word+".exe"),
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
