// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import "fmt"

// commandMountPath: a mount is at its mountPath only with the bind filter.
var commandMountPath = rule[commandCheck]{
	Rule: Rule{
		ID:      "command-mount-path",
		Title:   "a command can't refer to a mount by its mountPath without the bind filter",
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

const mountPathDoc = `On nodes with the bind filter, a mount is at its mountPath. On containerd 1.6, and on newer versions without the bind filter, a mount is a symbolic link below the container's root directory, and the mountPath itself is a path on the node, which doesn't have the files.


Put %CONTAINER_SANDBOX_MOUNT_POINT% in front of the mountPath, which is right on all of them. The rule doesn't report a hostPath that is mounted at its own path, because that is right without it too.`

// mountPathMessage describes the problem with a text that names a mount.
func mountPathMessage(text, mountPath string) string {
	return fmt.Sprintf("is %s, but without the bind filter, the mount at %s is below the container's root", quoted(text), quoted(mountPath))
}
