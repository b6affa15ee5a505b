// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import "fmt"

// commandLiteralRoot: the root of a container is C:\hpc on some nodes only.
var commandLiteralRoot = rule[commandCheck]{
	Rule: Rule{
		ID:      "command-literal-root",
		Title:   "the container's root directory must not be hard-coded in a command",
		Doc:     literalRootDoc,
		Outcome: OutcomeDiffers,
		Since:   "v0.1.0",
		Sources: []string{
			storageSource,
			jobSource16 + "#L160-L168",
		},
		Fix: literalRootFix,
	},
	about: hasAbsolutePath,
	check: func(p pod, at container, c command) []problem {
		mounts := newMountIndex(at)
		for i := range c.Len() {
			if found, ok := pathText(c.Word(i)).literalRoot(p, mounts); ok {
				found.field = c.field(i)
				return []problem{found}
			}
		}
		return nil
	},
}

const (
	literalRootDoc = `The image of a HostProcess container is at C:\hpc on nodes with the bind filter, at C:\C\ID on containerd 1.6, and at C:\hpc\ID on containerd 1.7 and newer without the bind filter, where ID is the container's ID. So C:\hpc is right on the first kind of node only. The other two paths can't be written in a manifest, because every container has a different ID.


Write %CONTAINER_SANDBOX_MOUNT_POINT% (the sandbox variable) instead: the runtime replaces it with the root on all of them.`

	literalRootFix = "write %CONTAINER_SANDBOX_MOUNT_POINT% instead of the root's path"
)

// literalRoot finds a path in a text that is below one of the directories in
// which nodes keep the roots of containers.
func (t pathText) literalRoot(p pod, mounts mountIndex) (problem, bool) {
	for path := range t.absolutePaths {
		switch {
		case len(path) > 1 && path[1] == ':' && below(path, `C:\C`):
			return problem{message: fmt.Sprintf("has %s: C:\\C is where containerd 1.6 puts images, in a directory named after the container's ID", quoted(pathOnly(path)))}, true
		case p.nodes&symlinkMounts == 0 || !below(path, `C:\hpc`) || mounts.find(path) >= 0:
		default:
			return problem{
				when:    symlinkMounts,
				message: fmt.Sprintf("has %s, but C:\\hpc is the container's root only on nodes with the bind filter", quoted(pathOnly(path))),
			}, true
		}
	}
	return problem{}, false
}
