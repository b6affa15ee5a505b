// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"
	"strings"

	"github.com/hostprocess-go/sdk/internal/cmdline"
)

// workingDirSeparator: the root has no separator at its end.
var workingDirSeparator = rule[containerCheck]{
	Rule: Rule{
		ID:      "working-dir-separator",
		Title:   "the sandbox variable in a workingDir must be followed by a separator",
		Doc:     `The runtime replaces %CONTAINER_SANDBOX_MOUNT_POINT% with the container's root directory, without a separator at its end. So %CONTAINER_SANDBOX_MOUNT_POINT%app is C:\hpcapp, another directory: on containerd 1.6, the container doesn't start; later versions create the directory, which is empty.`,
		Outcome: OutcomeDiffers,
		Since:   "v0.1.0",
		Sources: []string{
			jobSource + "#L240-L267",
			jobSource + "#L757-L766",
			jobSource16 + "#L181-L200",
		},
		Fix: "write a separator after the variable",
	},
	about: hasWorkingDir,
	check: func(_ pod, c container) []problem {
		token := cmdline.Token(c.WorkingDir)
		rest := strings.TrimPrefix(c.WorkingDir, token)
		if token == "" || !cmdline.ExtendsName(rest) {
			return nil
		}
		return []problem{{
			field:   "workingDir",
			message: fmt.Sprintf("is %s, which the runtime %s", quoted(c.WorkingDir), runsTogether),
			fix:     exact("write %s", token+`\`+rest),
		}}
	},
}
