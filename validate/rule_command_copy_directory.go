// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/hostprocess-go/sdk/internal/cmdline"
	"github.com/hostprocess-go/sdk/internal/winpath"
	"github.com/hostprocess-go/sdk/volumes"
)

// commandCopyDirectory: copy commands don't create their target directory.
var commandCopyDirectory = rule[podCheck]{
	Rule: Rule{
		ID:    "command-copy-directory",
		Title: "a command copies into a directory that the node may not have",
		Doc: `Copy-Item and copy don't create the directory that they copy files into. A script that installs files on the node works if the directory exists, because an administrator or another program has created it, and fails on a fresh node: "Could not find a part of the path".

The rule reports a target directory on the node that ends in a separator, or that several files are copied to. It doesn't report one that Windows or the kubelet creates, or that is in a mount, and it reports nothing if a command or a hostPath of the pod creates directories.`,
		Outcome: OutcomeAdvice,
		Since:   "v0.1.0",
		Sources: []string{
			"https://github.com/antrea-io/antrea/issues/4680",
		},
		Fix: "create the directory first, with New-Item -ItemType Directory -Force, or with mkdir in cmd",
	},
	about: hasHostProgram,
	check: func(p pod) []problem {
		if p.makesDirectories() {
			return nil
		}
		var problems []problem
		for c := range p.containers {
			for line := range c.commands {
				if to := line.copiesInto(c); to.text != "" {
					problems = append(problems, problem{
						container: c,
						field:     join(line.at, line.field(to.word)),
						message:   fmt.Sprintf("copies into %s, a directory that nothing in the pod creates: the copy fails on a node that doesn't have it", quoted(to.text)),
					})
				}
			}
		}
		return problems
	},
}

// copiesInto returns the first directory of the node that a script of the line copies
// into, and that not every node has.
func (c command) copiesInto(at container) scriptWord {
	if c.ScriptStart() == 0 || !c.hasName(isCopier) {
		return scriptWord{}
	}
	mounts := newMountIndex(at)
	for s := range c.scriptCommands {
		if len(s.words) == 0 || !isCopier(s.words[0].text) {
			continue
		}
		several := false
		for _, from := range s.arguments([]string{"-path", "-literalpath"}, 0) {
			several = several || strings.ContainsAny(cmdline.Base(from.text), "*?")
		}
		for _, to := range s.arguments([]string{"-destination", "-dest"}, 1) {
			if isOnDrive(to.text) && (several || winpath.IsSeparator(to.text[len(to.text)-1])) && mounts.find(to.text) < 0 && !onEveryNode(to.text) {
				return to
			}
		}
	}
	return scriptWord{}
}

// isCopier reports whether a command copies or moves files, and makes no directory for
// them.
func isCopier(name string) bool {
	return cmdline.IsNamed(name, "copy-item", "copy", "cp", "cpi", "move-item", "move", "mv", "mi")
}

// makesDirectories reports whether a command of the pod makes a directory, or a
// hostPath does.
func (p pod) makesDirectories() bool {
	for i := range p.spec.Volumes {
		if h := p.spec.Volumes[i].HostPath; h != nil && (h.Type == nil || *h.Type == corev1.HostPathUnset || *h.Type == corev1.HostPathDirectoryOrCreate) {
			return true
		}
	}
	for c := range p.containers {
		for line := range c.commands {
			if line.hasName(makesDirectory) {
				return true
			}
		}
	}
	return false
}

// makesDirectory reports whether a name is that of a command that makes directories.
func makesDirectory(name string) bool {
	return cmdline.IsNamed(name, "new-item", "ni", "mkdir", "md", "robocopy", "xcopy", "createdirectory", "expand-archive", "tar")
}

// onEveryNode reports whether a path is one of the directories that every node has.
func onEveryNode(path string) bool {
	at, err := volumes.ModeBind.Resolve(path)
	return err != nil || inHostDirectory(at)
}
