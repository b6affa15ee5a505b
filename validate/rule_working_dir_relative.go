// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"

	"github.com/hostprocess-go/sdk/internal/cmdline"
	"github.com/hostprocess-go/sdk/volumes"
)

// workingDirRelative: with the bind filter, the starting point is unknown.
var workingDirRelative = rule[containerCheck]{
	Rule: Rule{
		ID:    "working-dir-relative",
		Title: "a relative workingDir is not below the container's root",
		Doc: `Nodes with the bind filter use the workingDir as it is. A relative one is relative to the directory on the node in which the containerd shim happens to run. If there is no such directory, it is created. The image's files aren't there. D:work, a drive without a separator, is relative as well.

On other nodes, it is below the container's root directory.

%CONTAINER_SANDBOX_MOUNT_POINT%\bin is right on all nodes.`,
		Outcome: OutcomeDiffers,
		Since:   "v0.1.0",
		Sources: []string{
			jobSource + "#L240-L267",
		},
		Fix: `put %CONTAINER_SANDBOX_MOUNT_POINT%\ in front`,
	},
	when:  bindMounts,
	about: hasWorkingDir,
	check: func(_ pod, c container) []problem {
		if !relativeDir(c.WorkingDir) || cmdline.NamesSandbox(c.WorkingDir) || workingDirName(c.WorkingDir) != "" {
			return nil
		}
		return []problem{{
			field:   "workingDir",
			message: fmt.Sprintf("is %s, a relative path, which nodes with the bind filter don't resolve below the container's root", quoted(c.WorkingDir)),
		}}
	},
}

// relativeDir reports whether a working directory is relative on a node that uses it as
// it is.
func relativeDir(dir string) bool {
	_, err := volumes.Runtime{}.WorkingDir(volumes.ModeBind, "", dir)
	return reasonOf(err) == volumes.ReasonRelativeDir
}
