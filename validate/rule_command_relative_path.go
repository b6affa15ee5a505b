// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"
	"strings"

	"github.com/hostprocess-go/sdk/internal/cmdline"
	"github.com/hostprocess-go/sdk/internal/winpath"
)

// commandRelativePath: the default working directory depends on the node.
var commandRelativePath = rule[commandCheck]{
	Rule: Rule{
		ID:    "command-relative-path",
		Title: "a relative path in a command requires a workingDir",
		Doc: `A path such as .\agent.exe is relative to the working directory. If the container sets no workingDir, that depends on the image and on the node.

On nodes with the bind filter, the image's WORKDIR is taken for a directory of the node: WORKDIR /agent becomes C:\agent, which has none of the image's files. Without a WORKDIR, the container starts in C:\ on containerd 1.7.0 to 1.7.18, and in the root of the image on 1.7.19 and 2.0 or newer. On containerd 1.7.19 and newer without the bind filter, it starts in an empty directory hpc below the root. On containerd 1.6, relative paths work as in other containers. The rule can't see the image's WORKDIR; a workingDir in the pod overrides it.

The rule doesn't report a path into a mount, such as .\etc\agent\start.ps1 with a mount at /etc/agent, because it exists both in C:\ and in the root.`,
		Outcome: OutcomeDiffers,
		Since:   "v0.1.0",
		Sources: []string{
			jobSource + "#L240-L267",
			"https://github.com/containerd/containerd/commit/c7ea06a69",
			"https://github.com/kubernetes/kubernetes/issues/112885",
			"https://github.com/Azure/AKS/issues/4196",
		},
		Fix: "set workingDir to %CONTAINER_SANDBOX_MOUNT_POINT%, or to a directory of the image below it",
	},
	when:  bindMounts | startsBelowRoot,
	about: hasRelativePath | hasHostProgram,
	check: func(p pod, at container, c command) []problem {
		if at.WorkingDir != "" {
			return nil
		}
		i, path := c.relativePath()
		if path == "" || newMountIndex(at).leadsTo(path) || c.HasAnyWord("cd", "chdir", "pushd", "sl", "set-location", "push-location") {
			return nil
		}
		return []problem{{
			field:   c.field(i),
			message: fmt.Sprintf("has the relative path %s without a workingDir: %s", quoted(path), p.unsetDir()),
		}}
	},
}

// unsetDir describes where a container without a workingDir starts on the pod's nodes.
func (p pod) unsetDir() string {
	if p.nodes&bindMounts != 0 {
		return "the image's WORKDIR would be on the node; without one, the container starts " + p.defaultDirs()
	}
	return "without a WORKDIR in the image, the container starts " + p.defaultDirs()
}

// relativePath finds the first relative path of the line: the program, the
// script that PowerShell runs, or what starts with .\ in any word.
func (c command) relativePath() (int, string) {
	for i, word := range c.Programs {
		if isRelative(word) && !cmdline.IsBare(word) {
			return i, word
		}
	}
	if i, word := c.Script(); isRelative(word) {
		return i, word
	}
	for i := range c.Len() {
		if path := pathText(c.Word(i)).relativePath(); path != "" {
			return i, path
		}
	}
	return 0, ""
}

// isRelative reports whether a path starts at neither a drive nor a separator nor a
// variable.
func isRelative(path string) bool {
	return path != "" && !winpath.IsSeparator(path[0]) && !strings.ContainsAny(path[:1], "%$") && !strings.Contains(path, ":")
}

// relativePath finds the first path in a text that starts with .\ or ..\.
func (t pathText) relativePath() string {
	for i := range len(t) {
		if winpath.IsSeparator(t[i]) && pathAt(string(t), i) == hasRelativePath {
			start := i - 1
			if start > 0 && t[start-1] == '.' {
				start--
			}
			end := i
			for end < len(t) && classOf[t[end]]&startsPath == 0 {
				end++
			}
			return string(t[start:end])
		}
	}
	return ""
}
