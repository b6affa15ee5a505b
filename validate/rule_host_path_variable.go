// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// hostPathVariable: nothing replaces variables in a hostPath.
var hostPathVariable = rule[volumeCheck]{
	Rule: Rule{
		ID:    "host-path-variable",
		Title: "variables in a hostPath are not replaced",
		Doc: `The kubelet and containerd use the path of a hostPath volume as it is: %ProgramData%, $env:ProgramData and the sandbox variable are not replaced in it. containerd creates the directory if it is missing, so %ProgramData%\agent becomes a directory C:\%ProgramData%\agent on the node, and the container gets it empty. With a type that requires the path to exist, the kubelet doesn't start the pod.

Write the directory itself. A manifest can't know the drive and directory of Windows, but a HostProcess container can read its own variables and use the directory without a mount.`,
		Outcome: OutcomeDiffers,
		Since:   "v0.1.0",
		Sources: []string{
			absolutePathSource,
			criMountsSource + "#L57-L77",
		},
		Fix: `write the directory itself, as in C:\ProgramData`,
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
			message: fmt.Sprintf("is %s, but nothing replaces %s: the node uses a directory with this text in its name", quoted(v.HostPath.Path), quoted(name)),
		}}
	},
}
