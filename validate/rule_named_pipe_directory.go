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
		Title: "a named pipe in another spelling becomes a directory",
		Doc: `Only a hostPath that starts with \\.\pipe\, to the letter, is recognised as a named pipe. In any other spelling, such as //./pipe/x, it is taken for a directory.

The pod starts: the kubelet puts the drive in front, containerd creates the directory C:\pipe\x on the node, which stays there, and mounts it. What the program finds is an empty directory, and never the pipe. Where only the case of the letters differs (\\.\PIPE\x) nothing is put in front, and no source says what containerd makes of it.

A HostProcess container can't have a named pipe mounted in any spelling. Remove the volume and its mounts, and give the program the name of the pipe.`,
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
		instead := "containerd creates a directory on the node and mounts that"
		if strings.HasPrefix(v.HostPath.Path, `\\`) {
			instead = "it isn't known what containerd mounts instead"
		}
		return []problem{{
			field:   "hostPath.path",
			message: fmt.Sprintf("is %s, which isn't recognised as a named pipe: %s", quoted(v.HostPath.Path), instead),
		}}
	},
}
