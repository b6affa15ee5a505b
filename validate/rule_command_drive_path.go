// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"

	"github.com/hostprocess-go/sdk/internal/cmdline"
	"github.com/hostprocess-go/sdk/internal/winpath"
)

// commandDrivePath: like command-host-path, but for a path with a drive, which may be intended.
var commandDrivePath = rule[commandCheck]{
	Rule: Rule{
		ID:    "command-drive-path",
		Title: "a path on drive C: names a file of the node, not of the image",
		Doc: `A HostProcess container sees the node's drives, and its image in a directory on one of them. So C:\agent\agent.exe is a file of the node, on every node, and not of the image as in other containers.

The path is right if something has put the file there, such as an init container. The rule doesn't report paths in directories that Windows nodes have, such as C:\Windows, C:\Program Files and C:\k, or paths in mounts.`,
		Outcome: OutcomeAdvice,
		Since:   "v0.1.0",
		Sources: []string{
			kepSource,
			jobSource + "#L317-L340",
		},
		Fix: "replace the drive with %CONTAINER_SANDBOX_MOUNT_POINT% if the file is in the image",
	},
	about: hasHostProgram,
	check: func(_ pod, at container, c command) []problem {
		i, path := c.hostPath(isOnC)
		if path == "" || isOfNode(path) || newMountIndex(at).find(path) >= 0 {
			return nil
		}
		return []problem{{
			field:   c.field(i),
			message: fmt.Sprintf("is %s, which is a file of the node, not of the image: if the node has no such file, the command fails", quoted(path)),
			fix:     exact("write %s if it is a file of the image", cmdline.CmdToken+path[2:]),
		}}
	},
}

// isOnC reports whether a path is an absolute one on drive C.
func isOnC(path string) bool {
	return len(path) > 3 && cmdline.HasPrefixFold(path, "c:") && winpath.IsSeparator(path[2])
}
