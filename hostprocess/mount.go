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

// WithMount mounts a volume, and adds it to the pod. The mountPath may be written in
// any form that works on a node: /etc/agent, C:\etc\agent, etc/agent. Where the files
// are depends on the node; see package volumes. Functions set the other fields of the
// mount, such as [ReadOnly] or the subPath.
//
// Equivalent of appending to volumeMounts of the container and to volumes of the
// pod.
func (c Container) WithMount(volume Volume, mountPath string, settings ...func(*corev1.VolumeMount)) Container {
	const method = "WithMount"
	if volume.isZero() {
		c.mistakes.add(method, "volume", nil, errors.New("is the zero Volume: use ConfigMap, Secret, HostPath or another function of this package"))
	}
	c.mistakes.join(volume.mistakes)
	m := mount{spec: corev1.VolumeMount{MountPath: mountPath}, volume: volume.resolved()}
	for _, set := range settings {
		if set == nil {
			c.mistakes.add(method, "settings", nil, errNoFunction)
			continue
		}
		set(&m.spec)
	}
	m.spec = *m.spec.DeepCopy()
	c.mistakes.add(method, "mountPath", m.spec.MountPath, nil)
	if m.spec.SubPath != "" {
		c.mistakes.add(method, "subPath", m.spec.SubPath, filePath(m.spec.SubPath))
	}
	c.mounts = append(slices.Clip(c.mounts), m)
	return c
}

// ReadOnly makes a mount read-only; pass it to [Container.WithMount]. It protects
// against mistakes, not against attacks: only nodes with the bind filter enforce it,
// and even there the container can reach the same files at another path.
//
// Equivalent of setting readOnly of a volumeMount.
func ReadOnly() func(*corev1.VolumeMount) {
	return func(mount *corev1.VolumeMount) { mount.ReadOnly = true }
}
