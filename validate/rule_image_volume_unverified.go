// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	corev1 "k8s.io/api/core/v1"
)

// imageVolumeUnverified: no source shows an image volume on Windows.
var imageVolumeUnverified = rule[volumeCheck]{
	Rule: Rule{
		ID:    "image-volume-unverified",
		Title: "an image volume is not known to work on Windows",
		Doc: `A volume whose source is an image needs a runtime that mounts images. containerd does so from 2.1.0 on; with older versions, the container doesn't start. On Windows, containerd's check for a mounted image is a stub, and a restart of containerd silently loses the mount. A pull request for proper Windows support is open.

No source shows what a HostProcess container gets.`,
		Outcome:    OutcomeFails,
		Unverified: true,
		Since:      "v0.1.0",
		Sources: []string{
			"https://github.com/containerd/containerd/blob/v2.3.4/internal/cri/server/container_image_mount_other.go",
			"https://github.com/containerd/containerd/pull/13496",
			"https://github.com/containerd/containerd/issues/11903",
		},
		Fix: "put the files into the container's own image, or copy them from that image in an init container",
	},
	about: isOddVolume,
	check: func(p pod, v *corev1.Volume) []problem {
		if v.Image == nil || !p.mounted(v.Name) {
			return nil
		}
		return []problem{{field: "image", message: "is the source of a volume, but no release of containerd is known to mount an image into a HostProcess container"}}
	},
}
