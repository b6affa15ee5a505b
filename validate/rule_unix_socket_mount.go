// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// unixSocketMount: the documentation rules out mounts of Unix domain sockets.
var unixSocketMount = rule[volumeCheck]{
	Rule: Rule{
		ID:    "unix-socket-mount",
		Title: "a Unix domain socket can't be mounted into a HostProcess container",
		Doc: `The documentation of HostProcess containers says that mounts of Unix domain sockets are not supported, and that a program should use the socket's path on the node. A directory with sockets in it may be mounted.

Nothing checks this, and no source shows what a container sees at such a mount: the runtime has no code for sockets. The rule takes a hostPath for a socket if its type is Socket or its path ends in .sock.

Remove the volume and its mounts, and pass the program the path on the node, with its drive: unix://C:\var\run\x.sock.`,
		Outcome:    OutcomeDiffers,
		Unverified: true,
		Since:      "v0.1.0",
		Sources: []string{
			docSource,
			kepSource,
		},
		Fix: "remove the volume and its mounts, and let the program use the socket's path on the node",
	},
	about: isOddVolume,
	check: func(p pod, v *corev1.Volume) []problem {
		if !isSocket(v.HostPath) || !p.mounted(v.Name) {
			return nil
		}
		return []problem{{
			field:   "hostPath.path",
			message: fmt.Sprintf("is %s, a Unix domain socket: HostProcess containers don't support mounting it", quoted(v.HostPath.Path)),
		}}
	},
}

func isSocket(h *corev1.HostPathVolumeSource) bool {
	const ending = ".sock"
	if h == nil {
		return false
	}
	return h.Type != nil && *h.Type == corev1.HostPathSocket ||
		len(h.Path) > len(ending) && strings.EqualFold(h.Path[len(h.Path)-len(ending):], ending)
}
