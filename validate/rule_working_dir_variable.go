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
		Title: "no variable but the sandbox variable is replaced in a workingDir",
		Doc: `In a workingDir the node replaces two texts by the container's root: %CONTAINER_SANDBOX_MOUNT_POINT% and $env:CONTAINER_SANDBOX_MOUNT_POINT, in exactly this upper and lower case. No shell reads the workingDir, so nothing else is replaced: not $CONTAINER_SANDBOX_MOUNT_POINT, as some documents write it in short, not ${env:…}, $Env:… or $(…), and no other variable, such as %ProgramFiles%, $(ROOT), $HOME or ~.

The text is then the name of a directory. On containerd 1.6 there is no such directory and the container doesn't start; on later ones it is made, and the process starts in an empty directory.`,
		Outcome: OutcomeDiffers,
		Since:   "v0.1.0",
		Sources: []string{
			jobSource + "#L240-L267",
			jobSource + "#L757-L766",
			jobSource16 + "#L181-L200",
		},
		Fix: "write %CONTAINER_SANDBOX_MOUNT_POINT% for a directory of the image, or write the directory of the node out, as in C:\\Program Files\\Agent",
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
			message: fmt.Sprintf("is %s, in which nothing replaces %s: it is the name of a directory", quoted(c.WorkingDir), quoted(name)),
			fix:     fix,
		}}
	},
}

// workingDirName returns the first reference in a workingDir that the node takes for
// a name, or nothing.
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
