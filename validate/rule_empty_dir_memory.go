// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	corev1 "k8s.io/api/core/v1"
)

// emptyDirMemory: Windows has no tmpfs.
var emptyDirMemory = rule[volumeCheck]{
	Rule: Rule{
		ID:    "empty-dir-memory",
		Title: "an emptyDir with medium: Memory is stored on disk on Windows",
		Doc: `On Linux, an emptyDir with medium: Memory is a file system in memory. On Windows, the kubelet creates a directory on the node's disk, as for any emptyDir, and reports nothing.

The pod works, but everything it writes there, including secrets, reaches the disk, and the pod's memory limit doesn't apply to it.`,
		Outcome: OutcomeDiffers,
		Since:   "v0.1.0",
		Sources: []string{
			"https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/volume/emptydir/empty_dir.go#L337-L360",
			"https://github.com/kubernetes/mount-utils/blob/v0.37.2/mount_windows.go",
		},
		Fix: "remove medium",
	},
	about: isOddVolume,
	check: func(_ pod, v *corev1.Volume) []problem {
		if v.EmptyDir == nil || v.EmptyDir.Medium != corev1.StorageMediumMemory {
			return nil
		}
		return []problem{{field: "emptyDir.medium", message: "is Memory, but on Windows the volume is a directory on the node's disk: what is written there reaches the disk"}}
	},
}
