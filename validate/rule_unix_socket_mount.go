// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// unixSocketMount: the documentation forbids to mount a Unix domain socket.
var unixSocketMount = rule[volumeCheck]{
	Rule: Rule{
		ID:    "unix-socket-mount",
		Title: "a Unix domain socket can't be mounted",
		Doc: `The documentation of HostProcess containers says that mounts of Unix domain sockets are not supported, and that a program should use the path that the socket has on the node. A directory with sockets in it may be mounted.

Nothing checks it. What a container sees at such a mount is not settled by any source: in the runtime there is no code for sockets. The rule takes a hostPath for a socket if its type is Socket or its path ends in .sock.

Remove the volume and its mounts, and give the program the path on the node, with its drive: unix://C:\var\run\x.sock.`,
		Outcome:    OutcomeDiffers,
		Unverified: true,
		Since:      "v0.1.0",
		Sources: []string{
			docSource,
			kepSource,
		},
		Fix: "remove the volume and its mounts, and let the program use the path of the socket on the node",
	},
	about: isOddVolume,
	check: func(p pod, v *corev1.Volume) []problem {
		if !isSocket(v.HostPath) || !p.mounted(v.Name) {
			return nil
		}
		return []problem{{
			field:   "hostPath.path",
			message: fmt.Sprintf("is %s, a Unix domain socket, whose mount HostProcess containers don't support", quoted(v.HostPath.Path)),
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
