// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// hostPathVariable: nobody replaces variables in a hostPath.
var hostPathVariable = rule[volumeCheck]{
	Rule: Rule{
		ID:    "host-path-variable",
		Title: "no variable is replaced in a hostPath",
		Doc: `The kubelet and containerd take the path of a hostPath volume as it is: neither %ProgramData% nor $env:ProgramData nor the sandbox variable is replaced in it. containerd makes the directory if it is missing, so for %ProgramData%\agent the node gets a directory C:\%ProgramData%\agent, and the container sees that, empty. With a type that demands something to be there, the kubelet doesn't start the pod.

Write the directory out. Which drive and directory Windows is on, a pod can't know; a HostProcess container can look at its own variables and use the directory without a mount.`,
		Outcome: OutcomeDiffers,
		Since:   "v0.1.0",
		Sources: []string{
			absolutePathSource,
			criMountsSource + "#L57-L77",
		},
		Fix: "write the directory out, as in C:\\ProgramData",
	},
	about: isOddVolume,
	check: func(p pod, v *corev1.Volume) []problem {
		if v.HostPath == nil || !strings.ContainsAny(v.HostPath.Path, "%$") {
			return nil
		}
		name := pathText(v.HostPath.Path).pathVariable()
		if name == "" || !p.mounted(v.Name) {
			return nil
		}
		return []problem{{
			field:   "hostPath.path",
			message: fmt.Sprintf("is %s, in which nothing replaces %s: the node takes it for a part of a name, and makes a directory with this very text in its path", quoted(v.HostPath.Path), quoted(name)),
		}}
	},
}
