// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"

	"github.com/hostprocess-go/sdk/internal/cmdline"
	"github.com/hostprocess-go/sdk/internal/mounts"
	"github.com/hostprocess-go/sdk/internal/winpath"
	"github.com/hostprocess-go/sdk/volumes"
)

// workingDirOnHost: with the bind filter a path is the node's.
var workingDirOnHost = rule[containerCheck]{
	Rule: Rule{
		ID:    "working-dir-on-host",
		Title: "an absolute workingDir is a directory of the node",
		Doc: `On nodes with the bind filter the workingDir is taken as it is written: /app is C:\app of the node, and not the directory app of the image. If the node has none, it is made, and the process starts in an empty directory. The same goes for a WORKDIR in the Dockerfile.

The rule looks at paths without a drive that lead into no mount of the container and into none of the directories that every node has. If a directory of the node is what you want, write the drive: C:\app.`,
		Outcome: OutcomeAdvice,
		Since:   "v0.1.0",
		Sources: []string{
			jobSource + "#L240-L267",
			"https://github.com/kubernetes/kubernetes/issues/112885",
		},
		Fix: "write %CONTAINER_SANDBOX_MOUNT_POINT% in front, or the drive if a directory of the node is meant",
	},
	when:  bindMounts,
	about: hasWorkingDir,
	check: func(p pod, c container) []problem {
		// Where the pod is meant for other nodes, too, working-dir-rerooted tells more.
		if c.WorkingDir == "" || !winpath.IsSeparator(c.WorkingDir[0]) || p.nodes&symlinkMounts != 0 || cmdline.HasToken(c.WorkingDir) {
			return nil
		}
		at, err := volumes.ModeBind.Resolve(c.WorkingDir)
		if err != nil || inHostDirectory(at) || inBindRoot(at) {
			return nil
		}
		for _, m := range c.VolumeMounts {
			if mounted, err := volumes.ModeBind.Resolve(m.MountPath); err == nil && mounts.Between(volumes.ModeBind, at, mounted) != mounts.ConflictNone {
				return nil
			}
		}
		return []problem{{
			field:   "workingDir",
			message: fmt.Sprintf("is %s, which is %s of the node and not a directory of the image", quoted(c.WorkingDir), quoted(at.Destination())),
			fix:     exact("write %s, or %s if the directory of the node is meant", cmdline.CmdToken+`\`+at.Rel(), at.Destination()),
		}}
	},
}
