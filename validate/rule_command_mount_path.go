// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import "fmt"

// commandMountPath: a mount isn't everywhere at its mountPath.
var commandMountPath = rule[commandCheck]{
	Rule: Rule{
		ID:      "command-mount-path",
		Title:   "a command can't name a mount by its mountPath without the bind filter",
		Doc:     mountPathDoc,
		Outcome: OutcomeDiffers,
		Since:   "v0.1.0",
		Sources: []string{mountsSource16, mountsSource, docSource, "https://github.com/containerd/containerd/issues/8090"},
		Fix:     "put %CONTAINER_SANDBOX_MOUNT_POINT% in front of the path",
	},
	when:  symlinkMounts,
	about: hasAbsolutePath,
	check: func(p pod, at container, c command) []problem {
		var problems []problem
		mounts := newMountIndex(at)
		for i := range c.Len() {
			if mountPath, ok := pathText(c.Word(i)).mountReference(p, mounts); ok {
				problems = append(problems, problem{field: c.field(i), message: mountPathMessage(c.Word(i), mountPath)})
			}
		}
		return problems
	},
}

const mountPathDoc = `On nodes with the bind filter a mount is at its mountPath. On containerd 1.6, and on newer ones without the bind filter, it is a symbolic link below the root of the container; the mountPath itself is a path of the node, where the file isn't.

%CONTAINER_SANDBOX_MOUNT_POINT% in front of the mountPath is right on all of them. A mount of a directory of the node at its very own path isn't reported, because it is the same on both.`

// mountPathMessage is what is wrong with a text that names a mount.
func mountPathMessage(text, mountPath string) string {
	return fmt.Sprintf("is %s, which names the mount at %s: on nodes without the bind filter the mount is below the container's root, and that path is the node's", quoted(text), quoted(mountPath))
}
