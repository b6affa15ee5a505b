// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	corev1 "k8s.io/api/core/v1"
)

// readOnlyNotEnforced: a link has no readOnly.
var readOnlyNotEnforced = rule[mountCheck]{
	Rule: Rule{
		ID:    "read-only-not-enforced",
		Title: "readOnly is not enforced",
		Doc: `On nodes without the bind filter each mount is a symbolic link, and readOnly is ignored: the container can write to the volume. So it is with the bind filter on containerd 1.7.0-beta.0 to beta.2.

The pod works. But a volume that others use, too, is not protected, so don't rely on it. Even where the bind filter enforces readOnly at the mountPath, the same volume is writable through its link below the container's root. What protects a file from a HostProcess container is an account without the right to change it.

ConfigMap, Secret, downward API and projected volumes are not reported: the kubelet makes their files anew.`,
		Outcome: OutcomeDiffers,
		Since:   "v0.1.0",
		Sources: []string{
			mountsSource + "#L36-L64",
			mountsSource16 + "#L28-L57",
			"https://github.com/microsoft/hcsshim/blob/v0.10.0-rc.2/internal/jobcontainers/mounts.go#L111-L120",
		},
		Fix: "run as an account that can't write to the volume, and remove readOnly or accept that it is a hint",
	},
	when:  ignoresReadOnly,
	about: isReadOnly,
	check: func(_ pod, _ container, m mount) []problem {
		if !m.ReadOnly || m.volume == nil || keptByKubelet(m.volume) || m.volume.Image != nil {
			return nil
		}
		return []problem{{
			field:   "readOnly",
			message: "is true, but isn't enforced: the container can write to the volume",
		}}
	},
}

// keptByKubelet reports whether the kubelet writes the files of a volume, and
// replaces them when their source changes.
func keptByKubelet(v *corev1.Volume) bool {
	return v.ConfigMap != nil || v.Secret != nil || v.DownwardAPI != nil || v.Projected != nil
}
