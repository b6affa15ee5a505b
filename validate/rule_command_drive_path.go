// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"

	"github.com/hostprocess-go/sdk/internal/cmdline"
	"github.com/hostprocess-go/sdk/internal/winpath"
)

// commandDrivePath: command-host-path with a drive, where it may be meant.
var commandDrivePath = rule[commandCheck]{
	Rule: Rule{
		ID:    "command-drive-path",
		Title: "a path on drive C is one of the node",
		Doc: `A HostProcess container sees the drives of the node, and its image below a directory of them. C:\agent\agent.exe is a file of the node, in every mode, not that of the image, as it would be in other containers.

It works where something has put the file there, an init container for instance. Directories that a Windows node has, such as C:\Windows, C:\Program Files and C:\k, and the paths of mounts are left out.`,
		Outcome: OutcomeAdvice,
		Since:   "v0.1.0",
		Sources: []string{
			kepSource,
			jobSource + "#L317-L340",
		},
		Fix: "put %CONTAINER_SANDBOX_MOUNT_POINT% in the place of the drive if it is a file of the image",
	},
	about: hasHostProgram,
	check: func(_ pod, at container, c command) []problem {
		i, path := c.hostPath(isOnC)
		if path == "" || isOfNode(path) || newMountIndex(at).find(path) >= 0 {
			return nil
		}
		return []problem{{
			field:   c.field(i),
			message: fmt.Sprintf("is %s, which is a file of the node and not of the image", quoted(path)),
			fix:     exact("write %s if it is a file of the image", cmdline.CmdToken+path[2:]),
		}}
	},
}

// isOnC reports whether a path is an absolute one on drive C.
func isOnC(path string) bool {
	return len(path) > 3 && cmdline.HasPrefixFold(path, "c:") && winpath.IsSeparator(path[2])
}
