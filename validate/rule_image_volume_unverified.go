// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	corev1 "k8s.io/api/core/v1"
)

// imageVolumeUnverified: nobody knows whether an image can be a volume.
var imageVolumeUnverified = rule[volumeCheck]{
	Rule: Rule{
		ID:    "image-volume-unverified",
		Title: "an image as a volume is not known to work on Windows",
		Doc: `A volume whose source is an image needs a container runtime that mounts images. containerd 2.x has it, with code for Linux and a remainder for other systems; proper support of Windows is an open change. containerd 1.6 and 1.7 don't have it at all, and the container doesn't start.

No source says what a HostProcess container gets on containerd 2.x.`,
		Outcome:    OutcomeFails,
		Unverified: true,
		Since:      "v0.1.0",
		Sources: []string{
			"https://github.com/containerd/containerd/blob/v2.3.4/internal/cri/server/container_image_mount_other.go",
			"https://github.com/containerd/containerd/pull/13496",
		},
		Fix: "put the files into the container's own image, or copy them from it in an init container",
	},
	about: hasImage,
	check: func(p pod, v *corev1.Volume) []problem {
		if v.Image == nil || !p.mounted(v.Name) {
			return nil
		}
		return []problem{{field: "image", message: "is the source of the volume: no release of containerd is known to mount it into a HostProcess container"}}
	},
}
