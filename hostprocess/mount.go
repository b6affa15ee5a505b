// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package hostprocess

import (
	"errors"
	"slices"

	corev1 "k8s.io/api/core/v1"
)

// mount is a volumeMount together with its volume.
type mount struct {
	spec   corev1.VolumeMount
	volume Volume
}

// WithMount mounts a volume, and adds it to the pod. The mountPath may be
// written in any form that works on a node: /etc/agent, C:\etc\agent,
// etc/agent. Where the files are then depends on the node; package volumes
// tells. If called again, the mounts are added.
//
// Equivalent of appending to volumeMounts of the container and to volumes of the
// pod.
func (c Container) WithMount(volume Volume, mountPath string, options ...MountOption) Container {
	const method = "WithMount"
	if volume.isZero() {
		c.mistakes.add(method, "volume", nil, errors.New("is the zero Volume: use ConfigMap, Secret, HostPath or another function of this package"))
	}
	c.mistakes.join(volume.mistakes)
	c.mistakes.add(method, "mountPath", mountPath, nil)
	m := mount{spec: corev1.VolumeMount{MountPath: mountPath}, volume: volume.resolved()}
	for _, option := range options {
		m.spec.ReadOnly = m.spec.ReadOnly || option.readOnly
		if option.subPath != "" {
			m.spec.SubPath = option.subPath
			c.mistakes.add("SubPath", "path", option.subPath, filePath(option.subPath))
		}
	}
	c.mounts = append(slices.Clip(c.mounts), m)
	return c
}

// MountOption changes a mount: [ReadOnly] or [SubPath]. The zero MountOption
// changes nothing.
type MountOption struct {
	readOnly bool
	subPath  string
}

// ReadOnly makes a mount read-only. It is a safeguard against mistakes, not
// against malice: only nodes with the bind filter honour it, and there the
// container can reach the same files by another path.
//
// Equivalent of setting readOnly of a volumeMount.
func ReadOnly() MountOption { return MountOption{readOnly: true} }

// SubPath mounts one file or directory of the volume: a relative path. A file
// that is mounted this way doesn't change when its ConfigMap or Secret does. An
// empty path is the whole volume.
//
// Equivalent of setting subPath of a volumeMount.
func SubPath(path string) MountOption { return MountOption{subPath: path} }
