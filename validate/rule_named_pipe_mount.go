// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/hostprocess-go/sdk/internal/winpath"
	"github.com/hostprocess-go/sdk/volumes"
)

var namedPipeMount = rule[volumeCheck]{
	Rule: Rule{
		ID:    "named-pipe-mount",
		Title: "a named pipe can't be mounted into a HostProcess container",
		Doc: `Unlike other Windows containers, a HostProcess container can't have a named pipe of the node mounted. It doesn't need to: it opens the pipe by its name.

The API server and the kubelet accept the volume. The shim (hcsshim) then fails the container, in every version: "named pipe mounts not supported for job containers - interact with the pipe directly".

Remove the volume and its mounts, and pass the pipe's name to the program.`,
		Outcome: OutcomeFails,
		Since:   "v0.1.0",
		Sources: []string{
			mountsSource + "#L20-L23",
			mountsSource16 + "#L13-L16",
			kepSource,
			docSource,
		},
		Fix: "remove the volume and its mounts, and let the program open the pipe by its name",
	},
	about: isOddVolume,
	check: func(p pod, v *corev1.Volume) []problem {
		if v.HostPath == nil || !strings.HasPrefix(v.HostPath.Path, pipePrefix) || !p.mounted(v.Name) {
			return nil
		}
		return []problem{{
			field:   "hostPath.path",
			message: fmt.Sprintf("is %s, a named pipe: containers that mount it don't start", quoted(v.HostPath.Path)),
			fix:     exact("remove the volume and its mounts, and let the program open %s itself", v.HostPath.Path),
		}}
	},
}

// pipePrefix is how containerd and hcsshim recognize a named pipe.
//
// Source: https://github.com/microsoft/hcsshim/blob/v0.12.9/internal/jobcontainers/mounts.go#L20-L23
const pipePrefix = `\\.\pipe\`

// isPipe reports whether a hostPath is the path of a named pipe, in any spelling.
func isPipe(v *corev1.Volume) bool {
	if v == nil || v.HostPath == nil || len(v.HostPath.Path) < 2 {
		return false
	}
	// Only a path with two separators in front can be one.
	if path := v.HostPath.Path; !winpath.IsSeparator(path[0]) || !winpath.IsSeparator(path[1]) {
		return false
	}
	_, err := volumes.ModeBind.Resolve(v.HostPath.Path)
	return reasonOf(err) == volumes.ReasonPipePath
}
