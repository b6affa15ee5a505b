// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	corev1 "k8s.io/api/core/v1"
)

// readOnlyNotEnforced: a symbolic link can't be read-only.
var readOnlyNotEnforced = rule[mountCheck]{
	Rule: Rule{
		ID:    "read-only-not-enforced",
		Title: "readOnly is not enforced on some nodes",
		Doc: `On nodes without the bind filter, each mount is a symbolic link, and readOnly is ignored: the container can write to the volume. The same is true with the bind filter on containerd 1.7.0-beta.0 to beta.2.

The pod works, but don't rely on readOnly to protect a volume that others use too. Even where the bind filter enforces readOnly at the mountPath, the volume is writable through its link below the container's root directory. Only an account without the right to change a file protects it from a HostProcess container.

The rule doesn't report ConfigMap, Secret, downward API and projected volumes, because the kubelet rewrites their files.`,
		Outcome: OutcomeDiffers,
		Since:   "v0.1.0",
		Sources: []string{
			mountsSource + "#L36-L64",
			mountsSource16 + "#L28-L57",
			"https://github.com/microsoft/hcsshim/blob/v0.10.0-rc.2/internal/jobcontainers/mounts.go#L111-L120",
		},
		Fix: "run as an account that can't write to the volume, and remove readOnly or treat it as a hint",
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
