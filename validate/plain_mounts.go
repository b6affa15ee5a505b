// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/hostprocess-go/sdk/volumes"
)

// hasPlainMounts says whether no rule about mounts can have anything to say of
// the container, without a closer look: few mounts, each of a volume of the pod,
// with no option but readOnly on files that the kubelet keeps anyway, at plain
// paths apart from each other. Most containers are like that.
func (p pod) hasPlainMounts(c container) bool {
	if len(c.VolumeMounts) > few || len(c.VolumeDevices) > 0 || c.TerminationMessagePath != "" && c.TerminationMessagePath != volumes.DefaultTerminationLog {
		return false
	}
	for i := range c.VolumeMounts {
		m := &c.VolumeMounts[i]
		volume := p.volume(m.Name)
		if m.Name == "" || volume == nil || !plainPath(m.MountPath) {
			return false
		}
		if hasOptions(m) && !onlyReads(m, volume) {
			return false
		}
		for j := range i {
			if nested(m.MountPath, c.VolumeMounts[j].MountPath) {
				return false
			}
		}
	}
	return true
}

// onlyReads says whether the mount has no option but a readOnly that asks for
// nothing new.
func onlyReads(m *corev1.VolumeMount, volume *corev1.Volume) bool {
	return m.RecursiveReadOnly == nil && m.MountPropagation == nil && m.SubPath == "" && m.SubPathExpr == "" && keptByKubelet(volume)
}

// ofNode says whether a plain path is near anything that a node has, or mounts.
func ofNode(path string) bool {
	for _, name := range [...]string{"/dev", "/hpc", "/k", "/program", "/users", "/var", "/windows"} {
		if strings.HasPrefix(path, name) && !strings.HasPrefix(path, "/var/log/") {
			return true
		}
	}
	return false
}

// plainPath says whether a path is like /etc/agent: absolute, of names in
// lower-case letters, digits, hyphens and underscores, and of dots inside of
// names; and whether it is not near anything of a node.
func plainPath(path string) bool {
	if len(path) < 2 || path[0] != '/' {
		return false
	}
	switch path[1] {
	case 'd', 'h', 'k', 'p', 'u', 'v', 'w':
		if ofNode(path) {
			return false
		}
	}
	for i := 1; i < len(path); i++ {
		switch b := path[i]; {
		case 'a' <= b && b <= 'z' || '0' <= b && b <= '9' || b == '-' || b == '_':
		case (b == '/' || b == '.') && path[i-1] != '/' && path[i-1] != '.' && i+1 < len(path):
		default:
			return false
		}
	}
	return true
}

// nested says whether two plain paths are equal, or one is below the other.
func nested(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	return strings.HasPrefix(b, a) && (len(a) == len(b) || b[len(a)] == '/')
}
