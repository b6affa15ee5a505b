// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"

	"github.com/hostprocess-go/sdk/internal/cmdline"
)

// namedPipeSingleBackslash: the name of a pipe has lost a backslash.
var namedPipeSingleBackslash = rule[volumeCheck]{
	Rule: Rule{
		ID:    "named-pipe-single-backslash",
		Title: "the name of a named pipe has lost a backslash",
		Doc: `A named pipe is \\.\pipe\NAME, with two backslashes in front. Tools that treat a backslash as an escape, such as envsubst in some versions, sed and double quotes in YAML, leave one of them. \.\pipe\NAME is the path C:\pipe\NAME: containerd makes a directory of that name on the node and mounts it, empty.

A HostProcess container can't have a named pipe mounted anyway, and doesn't have to: it opens the pipes of the node by their names. Remove the volume.`,
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
			message: fmt.Sprintf("is %s, the name of a pipe without its two backslashes in front: containerd makes a directory of that name on the node", quoted(v.HostPath.Path)),
		}}
	},
}
