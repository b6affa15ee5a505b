// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"

	"github.com/hostprocess-go/sdk/internal/cmdline"
	"github.com/hostprocess-go/sdk/internal/nodes"
	"github.com/hostprocess-go/sdk/internal/winpath"
)

var commandHostPath = rule[commandCheck]{
	Rule: Rule{
		ID:    "command-host-path",
		Title: "an absolute path names a program of the node, not of the image",
		Doc: `A HostProcess container sees the node's drives, and its image in a directory on one of them. So /agent.exe is C:\agent.exe on the node, on every node, and not the agent.exe in the root of the image as in other containers.

On nodes with the bind filter, cmd starts and exits with an error. On the others, the container doesn't start: "failed to find executable". The rule doesn't report paths in mounts or in directories that Windows nodes have, such as /Windows.`,
		Outcome: OutcomeDiffers,
		Since:   "v0.1.0",
		Sources: []string{
			kepSource,
			searchSource,
			jobSource + "#L317-L340",
			"https://github.com/kubernetes/kubernetes/issues/112885",
		},
		Fix: "put %CONTAINER_SANDBOX_MOUNT_POINT% in front of the path",
	},
	about: hasHostProgram,
	check: func(_ pod, at container, c command) []problem {
		i, path := c.hostPath(isRooted)
		if path == "" || cmdline.IsPosixPath(path) || isOfNode(path) || newMountIndex(at).find(path) >= 0 {
			return nil
		}
		return []problem{{
			field:   c.field(i),
			message: fmt.Sprintf("is %s, a path on the node's drive, not in the image: the node probably has no such file, and the command fails", quoted(path)),
			fix:     exact("write %s if it is a file of the image", cmdline.CmdToken+path),
		}}
	},
}

// hostPath returns the first program or PowerShell script of the line whose path is of
// a kind, and its index.
func (c command) hostPath(kind func(path string) bool) (int, string) {
	for i, path := range c.Programs {
		if kind(path) {
			return i, path
		}
	}
	if i, path := c.Script(); kind(path) {
		return i, path
	}
	return 0, ""
}

// isRooted reports whether a path starts with one separator.
func isRooted(path string) bool {
	return len(path) > 1 && winpath.IsSeparator(path[0]) && !winpath.IsSeparator(path[1])
}

// isOfNode reports whether a path is below a directory that Windows nodes have, or
// below one in which their components usually are.
func isOfNode(path string) bool {
	for _, dir := range nodes.Directories {
		if below(path, dir) {
			return true
		}
	}
	for _, dir := range [...]string{"/etc", "/var", "/opt/cni", "/hpc", "/c"} {
		if below(path, dir) {
			return true
		}
	}
	return false
}
