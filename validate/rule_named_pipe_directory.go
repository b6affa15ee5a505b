// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// namedPipeDirectory: a pipe in another spelling becomes a directory.
var namedPipeDirectory = rule[volumeCheck]{
	Rule: Rule{
		ID:    "named-pipe-directory",
		Title: `a named pipe must be spelled \\.\pipe\NAME, or it becomes a directory`,
		Doc: `Only a hostPath that starts with exactly \\.\pipe\ is recognized as a named pipe. Any other spelling, such as //./pipe/x, is taken for a directory.

The pod starts: the kubelet puts the drive in front, containerd creates the directory C:\pipe\x on the node, where it stays, and mounts it. The program finds an empty directory instead of the pipe. If only the case differs (\\.\PIPE\x), nothing is put in front, and no source shows what containerd makes of it.

A HostProcess container can't have a named pipe mounted in any spelling. Remove the volume and its mounts, and pass the pipe's name to the program.`,
		Outcome: OutcomeDiffers,
		Since:   "v0.1.0",
		Sources: []string{
			absolutePathSource,
			criMountsSource + "#L57-L68",
			mountsSource + "#L20-L23",
			docSource,
		},
		Fix: "remove the volume and its mounts, and let the program open the pipe by its name",
	},
	about: isOddVolume,
	check: func(p pod, v *corev1.Volume) []problem {
		if !isPipe(v) || strings.HasPrefix(v.HostPath.Path, pipePrefix) || !p.mounted(v.Name) {
			return nil
		}
		instead := "containerd creates and mounts a directory instead"
		if strings.HasPrefix(v.HostPath.Path, `\\`) {
			instead = "it isn't known what containerd mounts instead"
		}
		return []problem{{
			field:   "hostPath.path",
			message: fmt.Sprintf("is %s, which isn't recognized as a named pipe: %s", quoted(v.HostPath.Path), instead),
		}}
	},
}
