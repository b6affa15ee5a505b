// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"

	"github.com/hostprocess-go/sdk/internal/cmdline"
)

// commandPosixPath: Windows nodes have no /bin.
var commandPosixPath = rule[commandCheck]{
	Rule: Rule{
		ID:    "command-posix-path",
		Title: "Windows nodes have no programs in /bin or /usr/bin",
		Doc: `Commands such as /bin/sh come from a Linux manifest. On a Windows node, /bin/sh means a file named sh in the node's (not the image's) directory C:\bin, which Windows doesn't have.

On nodes with the bind filter, cmd starts and exits with an error. On the others, the container doesn't start: "failed to find executable".`,
		Outcome: OutcomeFails,
		Since:   "v0.1.0",
		Sources: []string{
			searchSource,
			jobSource + "#L321-L340",
		},
		Fix: `run a Windows program, such as powershell or cmd, or a program of the image as %CONTAINER_SANDBOX_MOUNT_POINT%\NAME.exe`,
	},
	about: hasHostProgram,
	check: func(_ pod, at container, c command) []problem {
		for i, word := range c.Programs {
			if !cmdline.IsPosixPath(word) || newMountIndex(at).find(word) >= 0 {
				continue
			}
			return []problem{{
				field:   c.field(i),
				message: fmt.Sprintf("runs %s, a Linux program: Windows nodes have no such file, so the command fails", quoted(word)),
			}}
		}
		return nil
	},
}
