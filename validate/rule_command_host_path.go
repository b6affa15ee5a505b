// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"

	"github.com/hostprocess-go/sdk/internal/cmdline"
	"github.com/hostprocess-go/sdk/internal/nodes"
	"github.com/hostprocess-go/sdk/internal/winpath"
)

// commandHostPath: an absolute path is the node's.
var commandHostPath = rule[commandCheck]{
	Rule: Rule{
		ID:    "command-host-path",
		Title: "an absolute path names a program of the node, not of the image",
		Doc: `A HostProcess container sees the drives of the node, and its image below a directory of them. /agent.exe is C:\agent.exe on the node, in every mode, not the agent.exe in the root of the image, as it would be in other containers.

On nodes with the bind filter the container starts, because cmd does, and exits. On the others it doesn't start: "failed to find executable". The paths of mounts, and the directories that a Windows node has, such as /Windows, are not reported.`,
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
			message: fmt.Sprintf("is %s, which is a path on the node's drive and not in the image: the node most likely has no such file", quoted(path)),
			fix:     exact("write %s if it is a file of the image", cmdline.CmdToken+path),
		}}
	},
}

// hostPath is the first program or script of PowerShell that the line starts and
// whose path is of a kind, and where it stands.
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
