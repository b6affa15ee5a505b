// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"strings"

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
		m := mount{VolumeMount: &c.VolumeMounts[i], volume: p.volume(c.VolumeMounts[i].Name)}
		if m.Name == "" || m.volume == nil || !plainPath(m.MountPath) {
			return false
		}
		if m.hasOptions() && !m.onlyReadsKept() {
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

// onlyReadsKept says whether the mount has no option but a readOnly that asks
// for nothing new.
func (m mount) onlyReadsKept() bool {
	return m.RecursiveReadOnly == nil && m.MountPropagation == nil && m.SubPath == "" && m.SubPathExpr == "" && keptByKubelet(m.volume)
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
	if strings.IndexByte("dhkpuvw", path[1]) >= 0 && ofNode(path) {
		return false
	}
	for i := 1; i < len(path); i++ {
		switch b := path[i]; {
		case 'a' <= b && b <= 'z' || '0' <= b && b <= '9' || b == '-' || b == '_':
		case (b == '/' || b == '.') && path[i-1] != '/' && path[i-1] != '.' && i+1 < len(path):
			if b == '.' && path[i+1] == '/' {
				return false
			}
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
