// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"

	"github.com/hostprocess-go/sdk/internal/cmdline"
)

// workingDirVariable: no shell reads the workingDir.
var workingDirVariable = rule[containerCheck]{
	Rule: Rule{
		ID:    "working-dir-variable",
		Title: "the sandbox variable is not replaced in this spelling",
		Doc: `In a workingDir the node replaces two texts by the container's root: %CONTAINER_SANDBOX_MOUNT_POINT% and $env:CONTAINER_SANDBOX_MOUNT_POINT, in exactly this upper and lower case. No shell reads the workingDir, so nothing else is replaced: not $CONTAINER_SANDBOX_MOUNT_POINT, as some documents write it in short, not ${env:…}, $Env:… or $(…).

The text is then the name of a directory. On containerd 1.6 there is no such directory and the container doesn't start; on later ones it is made, and the process starts in an empty directory.`,
		Outcome: OutcomeDiffers,
		Since:   "v0.1.0",
		Sources: []string{
			jobSource + "#L240-L267",
			jobSource + "#L757-L766",
			jobSource16 + "#L181-L200",
		},
		Fix: "write %CONTAINER_SANDBOX_MOUNT_POINT%",
	},
	about: hasWorkingDir,
	check: func(_ pod, c container) []problem {
		if c.WorkingDir == "" || cmdline.HasToken(c.WorkingDir) || !cmdline.NamesSandbox(c.WorkingDir) {
			return nil
		}
		return []problem{{
			field:   "workingDir",
			message: fmt.Sprintf("is %s, in which the node replaces nothing: it is the name of a directory", quoted(c.WorkingDir)),
		}}
	},
}
