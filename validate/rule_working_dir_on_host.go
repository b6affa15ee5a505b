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

// workingDirOnHost: with the bind filter, a workingDir is a path of the node.
var workingDirOnHost = rule[containerCheck]{
	Rule: Rule{
		ID:    "working-dir-on-host",
		Title: "an absolute workingDir is a directory of the node, not of the image",
		Doc: `Nodes with the bind filter use the workingDir as it is: /app is C:\app on the node, not the image's directory app. If the node has no such directory, it is created, and the process starts in an empty directory. The same applies to a WORKDIR in the Dockerfile.

The rule reports paths without a drive that lead neither into a mount of the container nor into a directory that every node has. If you want a directory of the node, write the drive: C:\app.`,
		Outcome: OutcomeAdvice,
		Since:   "v0.1.0",
		Sources: []string{
			jobSource + "#L240-L267",
			"https://github.com/kubernetes/kubernetes/issues/112885",
		},
		Fix: "put %CONTAINER_SANDBOX_MOUNT_POINT% in front, or the drive if you want a directory of the node",
	},
	when:  bindMounts,
	about: hasWorkingDir,
	check: func(p pod, c container) []problem {
		// If the pod is for other nodes too, working-dir-rerooted reports it.
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
			message: fmt.Sprintf("is %s, which is the node's directory %s, not a directory of the image", quoted(c.WorkingDir), quoted(at.Destination())),
			fix:     exact("write %s, or %s if you want the node's directory", cmdline.CmdToken+`\`+at.Rel(), at.Destination()),
		}}
	},
}
