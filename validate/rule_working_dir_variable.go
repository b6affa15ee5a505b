// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"
	"strings"

	"github.com/hostprocess-go/sdk/internal/cmdline"
)

// workingDirVariable: no shell reads the workingDir.
var workingDirVariable = rule[containerCheck]{
	Rule: Rule{
		ID:    "working-dir-variable",
		Title: "only the sandbox variable is replaced in a workingDir",
		Doc: `In a workingDir, the node replaces exactly two texts with the container's root directory: %CONTAINER_SANDBOX_MOUNT_POINT% and $env:CONTAINER_SANDBOX_MOUNT_POINT, in this case of letters. No shell reads the workingDir, so nothing else is replaced: not $CONTAINER_SANDBOX_MOUNT_POINT, which some documents use as a shorthand, not ${env:…}, $Env:… or $(…), and no other variable, such as %ProgramFiles%, $(ROOT), $HOME or ~.

The text then is the name of a directory. On containerd 1.6, it doesn't exist and the container doesn't start; later versions create it, and the process starts in an empty directory.`,
		Outcome: OutcomeDiffers,
		Since:   "v0.1.0",
		Sources: []string{
			jobSource + "#L240-L267",
			jobSource + "#L757-L766",
			jobSource16 + "#L181-L200",
		},
		Fix: `write %CONTAINER_SANDBOX_MOUNT_POINT% for a directory of the image, or the full path of a directory of the node, as in C:\Program Files\Agent`,
	},
	about: hasWorkingDir,
	check: func(_ pod, c container) []problem {
		name := workingDirName(c.WorkingDir)
		if name == "" {
			return nil
		}
		fix := ""
		if cmdline.NamesSandbox(name) {
			fix = "write %CONTAINER_SANDBOX_MOUNT_POINT%"
		}
		return []problem{{
			field:   "workingDir",
			message: fmt.Sprintf("is %s, but nothing replaces %s: the node uses a directory with this text in its name", quoted(c.WorkingDir), quoted(name)),
			fix:     fix,
		}}
	},
}

// workingDirName returns the first reference in a workingDir that the node takes for
// a name, or "".
func workingDirName(dir string) string {
	dir = strings.TrimPrefix(dir, cmdline.Token(dir))
	if name := pathText(dir).pathVariable(); name != "" && !cmdline.HasToken(name) {
		return name
	}
	switch {
	case dir == "~", strings.HasPrefix(dir, "~/"), strings.HasPrefix(dir, `~\`):
		return "~"
	case len(dir) > 1 && dir[0] == '$' && cmdline.IsNameByte(dir[1]):
		end := 2
		for end < len(dir) && cmdline.IsNameByte(dir[end]) {
			end++
		}
		return dir[:end]
	}
	return ""
}
