// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"

	"github.com/hostprocess-go/sdk/internal/cmdline"
	"github.com/hostprocess-go/sdk/volumes"
)

// workingDirRerooted: without the bind filter, every path is below the root.
var workingDirRerooted = rule[containerCheck]{
	Rule: Rule{
		ID:    "working-dir-rerooted",
		Title: "an absolute workingDir is below the container's root without the bind filter",
		Doc: `On nodes without the bind filter, a workingDir is always below the container's root directory, and its drive is ignored: C:\Windows means C:\C\<id>\Windows on containerd 1.6. With the bind filter, C:\Windows is the node's own directory, or a mount.

So if a pod is for both kinds of nodes, the same workingDir means two things; and without the bind filter, C:\hpc or a directory of the node is never right. containerd 1.6 doesn't start a container whose directory is missing; later versions create it.

Write %CONTAINER_SANDBOX_MOUNT_POINT%\app for a directory of the image or a mount. To start in a directory of the node, change to it in the command.`,
		Outcome: OutcomeDiffers,
		Since:   "v0.1.0",
		Sources: []string{
			jobSource + "#L240-L267",
			jobSource16 + "#L181-L200",
		},
		Fix: "write %CONTAINER_SANDBOX_MOUNT_POINT% and the path below the root",
	},
	when:  symlinkMounts,
	about: hasWorkingDir,
	check: func(p pod, c container) []problem {
		if c.WorkingDir == "" || cmdline.NamesSandbox(c.WorkingDir) || relativeDir(c.WorkingDir) {
			return nil
		}
		at, err := volumes.ModeBind.Resolve(c.WorkingDir)
		if p.nodes&bindMounts == 0 && (err != nil || !inHostDirectory(at) && !inBindRoot(at)) {
			// A directory of the image, on every node.
			return nil
		}
		return []problem{{
			field:   "workingDir",
			message: fmt.Sprintf("is %s, which nodes without the bind filter look up below the container's root, not on the node", quoted(c.WorkingDir)),
		}}
	},
}
