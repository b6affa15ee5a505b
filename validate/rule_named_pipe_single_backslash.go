// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"

	"github.com/hostprocess-go/sdk/internal/cmdline"
)

var namedPipeSingleBackslash = rule[volumeCheck]{
	Rule: Rule{
		ID:    "named-pipe-single-backslash",
		Title: "a named pipe must start with two backslashes",
		Doc: `A named pipe is \\.\pipe\NAME, with two backslashes in front. Tools that treat a backslash as an escape, such as some versions of envsubst, sed, and double quotes in YAML, leave only one. \.\pipe\NAME is the path C:\pipe\NAME: containerd creates a directory with that name on the node and mounts it, empty.

A HostProcess container can't have a named pipe mounted anyway, and doesn't need to: it opens the node's pipes by their names. Remove the volume.`,
		Outcome: OutcomeDiffers,
		Since:   "v0.1.0",
		Sources: []string{
			"https://github.com/kubernetes-sigs/cluster-api-provider-azure/commit/2758760f7e4e",
			absolutePathSource,
			criMountsSource + "#L57-L68",
		},
		Fix: "remove the volume and its mounts, and let the program open the pipe by its name",
	},
	about: isOddVolume,
	check: func(p pod, v *corev1.Volume) []problem {
		if v.HostPath == nil || !cmdline.HasPrefixFold(v.HostPath.Path, `\.\pipe\`) && !cmdline.HasPrefixFold(v.HostPath.Path, `\pipe\`) || !p.mounted(v.Name) {
			return nil
		}
		return []problem{{
			field:   "hostPath.path",
			message: fmt.Sprintf("is %s, a pipe's name with a backslash missing in front: containerd creates and mounts a directory instead", quoted(v.HostPath.Path)),
		}}
	},
}
