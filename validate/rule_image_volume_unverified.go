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
		Doc: `A volume whose source is an image needs a container runtime that mounts images. containerd has it from 2.1.0 on; before, the container doesn't start. On Windows the check whether the image is mounted is a stub, and when containerd restarts the mount is lost without a word; proper support of Windows is an open change.

No source says what else a HostProcess container gets.`,
		Outcome:    OutcomeFails,
		Unverified: true,
		Since:      "v0.1.0",
		Sources: []string{
			"https://github.com/containerd/containerd/blob/v2.3.4/internal/cri/server/container_image_mount_other.go",
			"https://github.com/containerd/containerd/pull/13496",
			"https://github.com/containerd/containerd/issues/11903",
		},
		Fix: "put the files into the container's own image, or copy them from it in an init container",
	},
	about: isOddVolume,
	check: func(p pod, v *corev1.Volume) []problem {
		if v.Image == nil || !p.mounted(v.Name) {
			return nil
		}
		return []problem{{field: "image", message: "is the source of the volume: no release of containerd is known to mount it into a HostProcess container"}}
	},
}
