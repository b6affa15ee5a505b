// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"
	"strings"

	"github.com/hostprocess-go/sdk/internal/cmdline"
)

// workingDirSeparator: the root ends without a separator.
var workingDirSeparator = rule[containerCheck]{
	Rule: Rule{
		ID:      "working-dir-separator",
		Title:   "a separator is missing behind the sandbox variable",
		Doc:     `The runtime puts the root of the container in the place of %CONTAINER_SANDBOX_MOUNT_POINT%, without a separator at its end. So %CONTAINER_SANDBOX_MOUNT_POINT%app is C:\hpcapp, another directory: on containerd 1.6 the container doesn't start, and later versions make the directory, in which nothing is.`,
		Outcome: OutcomeDiffers,
		Since:   "v0.1.0",
		Sources: []string{
			jobSource + "#L240-L267",
			jobSource + "#L757-L766",
			jobSource16 + "#L181-L200",
		},
		Fix: "write a separator behind the variable",
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
			message: fmt.Sprintf("is %s, which %s", quoted(c.WorkingDir), runsTogether),
			fix:     exact("write %s", token+`\`+rest),
		}}
	},
}
