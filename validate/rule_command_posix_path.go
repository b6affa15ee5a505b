// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"

	"github.com/hostprocess-go/sdk/internal/cmdline"
)

// commandPosixPath: a Windows node has no /bin.
var commandPosixPath = rule[commandCheck]{
	Rule: Rule{
		ID:    "command-posix-path",
		Title: "a program can't be in /bin or /usr/bin",
		Doc: `Commands such as /bin/sh come from a manifest for Linux. On a Windows node /bin/sh means a file sh in a directory C:\bin of the node, not of the image, and no Windows has that.

On nodes with the bind filter the container starts, because cmd does, and exits. On the others it doesn't start: "failed to find executable".`,
		Outcome: OutcomeFails,
		Since:   "v0.1.0",
		Sources: []string{
			searchSource,
			jobSource + "#L321-L340",
		},
		Fix: "run a program of Windows, such as powershell or cmd, or one of the image as %CONTAINER_SANDBOX_MOUNT_POINT%\\NAME.exe",
	},
	about: hasHostProgram,
	check: func(_ pod, at container, c command) []problem {
		for i, word := range c.Programs {
			if !cmdline.IsPosixPath(word) || newMountIndex(at).find(word) >= 0 {
				continue
			}
			return []problem{{
				field:   c.field(i),
				message: fmt.Sprintf("runs %s, a program of Linux: a Windows node has no such file, and the command fails", quoted(word)),
			}}
		}
		return nil
	},
}
