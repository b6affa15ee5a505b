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

// commandWritesMount: the kubelet's own files can't be edited in place.
var commandWritesMount = rule[commandCheck]{
	Rule: Rule{
		ID:    "command-writes-mount",
		Title: "a command writes to a read-only mount",
		Doc: `Volumes that the kubelet writes (ConfigMap, Secret, projected and downward API, and with them the service account's token) are always mounted read-only, and so are mounts with readOnly: true. Nodes with the bind filter (containerd 1.7 and newer) enforce this, and a script that edits a file there fails: "Access is denied". A script that worked on containerd 1.6, which doesn't enforce it, often continues after the error, and the program reads the old file.

On nodes without the bind filter, the script can write. But the kubelet owns the files in those volumes, and replaces them when the source changes or the pod restarts.

The rule knows redirections and the usual PowerShell and cmd commands that write. It also reports a write to a directory of the node that a mount covers: with the bind filter, a script can't copy a file from the mount to the node's directory of the same path.`,
		Outcome: OutcomeDiffers,
		Since:   "v0.1.0",
		Sources: []string{
			mountsSource + "#L122-L131",
			"https://github.com/kubernetes-sigs/sig-windows-tools/pull/297",
			"https://github.com/antrea-io/antrea/pull/5528",
			"https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/volume/configmap/configmap.go",
			kubeletPodsSource,
		},
		Fix: "write to another directory, such as one on the node or an emptyDir, and mount the volume where nothing is written",
	},
	about: hasHostProgram,
	check: func(p pod, at container, c command) []problem {
		if !c.hasWriter() {
			return nil
		}
		mounts := newMountIndex(at)
		if !c.mayWriteTo(p, mounts) {
			return nil
		}
		for s := range c.scriptCommands {
			for _, file := range s.writesTo() {
				if found := p.readOnlyMount(mounts, file.text, s.isNamed("new-item", "ni", "mkdir", "md")); found != nil {
					found.field = c.field(file.word)
					return []problem{*found}
				}
			}
		}
		return nil
	},
}

// hasWriter reports whether the line has the name of a command that writes, or a
// redirection, for a shell to read.
func (c command) hasWriter() bool {
	if c.Len() == 0 || isImageExe(c.Word(0)) {
		return false
	}
	for i := range c.Len() {
		if strings.IndexByte(c.Word(i), '>') >= 0 {
			return true
		}
	}
	return c.HasAnyWord(
		"set-content", "sc", "add-content", "ac", "clear-content", "clc", "out-file", "tee-object", "tee",
		"copy-item", "cp", "cpi", "copy", "xcopy", "robocopy", "move-item", "mv", "mi", "move",
		"new-item", "ni", "mkdir", "md", "rename-item", "rni", "ren", "rename",
		"remove-item", "ri", "rm", "del", "erase", "rd", "rmdir",
		"expand-archive", "invoke-webrequest", "iwr", "wget", "curl", "invoke-restmethod", "irm",
	)
}

// mayWriteTo reports whether the line may name a path in a read-only mount, so
// that most lines are not read as scripts.
func (c command) mayWriteTo(p pod, mounts mountIndex) bool {
	for i := range c.Len() {
		word := c.Word(i)
		for _, end, found := cmdline.NextSandboxReference(word, 0); found; _, end, found = cmdline.NextSandboxReference(word, end) {
			if p.readOnlyAt(mounts, word[end:]) != "" {
				return true
			}
		}
		for path := range pathText(word).absolutePaths {
			if p.readOnlyAt(mounts, path) != "" {
				return true
			}
		}
	}
	return false
}

// readOnlyAt returns the kind of read-only mount that a path is in, or "".
func (p pod) readOnlyAt(mounts mountIndex, path string) string {
	i := mounts.find(path)
	switch {
	case i < 0 && isServiceAccount(path) && (p.spec.AutomountServiceAccountToken == nil || *p.spec.AutomountServiceAccountToken):
		return serviceAccountFiles
	case i < 0:
		return ""
	}
	m := &mounts.mounts[i]
	if volume := p.volume(m.Name); volume != nil && keptByKubelet(volume) {
		return kindOfVolume(volume)
	}
	if m.ReadOnly {
		return readOnlyMount
	}
	return ""
}

const (
	serviceAccountFiles = "the service account's files"
	readOnlyMount       = "a mount with readOnly: true"
)

func kindOfVolume(v *corev1.Volume) string {
	switch {
	case v.ConfigMap != nil:
		return "a ConfigMap"
	case v.Secret != nil:
		return "a Secret"
	}
	return "a volume that the kubelet writes"
}

// readOnlyMount returns a problem if the file being written is in a read-only mount.
// A command that makes a directory does nothing where one exists, as it does at a mount.
func (p pod) readOnlyMount(mounts mountIndex, file string, makes bool) *problem {
	path, when := file, bindMounts
	if start, end, found := cmdline.NextSandboxReference(file, 0); found && start == 0 {
		path, when = file[end:], 0
		if path == "" || !winpath.IsSeparator(path[0]) {
			return nil
		}
	} else if !isRooted(path) && !isOnDrive(path) {
		return nil
	}
	kind := p.readOnlyAt(mounts, path)
	if kind == "" || when == 0 && kind == readOnlyMount {
		// The link below the root leads to the volume itself, which can be written to.
		return nil
	}
	if i := mounts.find(path); makes && (i >= 0 && same(path, mounts.mounts[i].MountPath) || i < 0 && below(volumes.ServiceAccountDir, path)) {
		return nil
	}
	message := fmt.Sprintf("writes to %s in %s, which is read-only", quoted(file), kind)
	if kind != readOnlyMount {
		message += "; if that isn't enforced, the kubelet restores its files"
	}
	return &problem{message: message, when: when}
}

// writesTo returns the files and directories that a command of PowerShell or cmd
// writes to.
func (s scriptCommand) writesTo() []scriptWord {
	files := s.outputs
	switch {
	case s.shell == cmdline.PowerShell && len(s.words) > 0 && strings.EqualFold(s.words[0].text, "sc"), // sc.exe is another
		s.isNamed("set-content", "add-content", "ac", "clear-content", "clc", "out-file", "tee-object", "tee"):
		files = append(files, s.arguments([]string{"-path", "-literalpath", "-filepath"}, 0)...)
	case s.isNamed("copy-item", "cp", "cpi", "copy", "xcopy", "robocopy", "move-item", "mv", "mi", "move"):
		files = append(files, s.arguments([]string{"-destination", "-dest"}, 1)...)
	case s.isNamed("new-item", "ni", "mkdir", "md", "rename-item", "rni", "ren", "rename"):
		files = append(files, s.arguments([]string{"-path", "-literalpath"}, 0)...)
	case s.isNamed("remove-item", "ri", "rm", "del", "erase", "rd", "rmdir"):
		files = append(files, s.arguments([]string{"-path", "-literalpath"}, everyArgument)...)
	case s.isNamed("expand-archive"):
		files = append(files, s.arguments([]string{"-destinationpath"}, 1)...)
	case s.isNamed("invoke-webrequest", "iwr", "wget", "curl", "invoke-restmethod", "irm"):
		files = append(files, s.arguments([]string{"-outfile", "-o"}, noArgument)...)
	}
	return files
}

// isOnDrive reports whether a path starts with a drive and a separator.
func isOnDrive(path string) bool {
	return len(path) > 2 && path[1] == ':' && winpath.IsSeparator(path[2]) && cmdline.IsLetter(path[0])
}
