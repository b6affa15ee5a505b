// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"
)

// subPathGoesStale: the mount links to a file that the kubelet replaces.
var subPathGoesStale = rule[mountCheck]{
	Rule: Rule{
		ID:    "sub-path-goes-stale",
		Title: "a subPath of a ConfigMap or Secret is lost when its source changes",
		Doc: `When the source of a ConfigMap, Secret, downward API or projected volume changes, the kubelet writes its files to a new directory and removes the old one. containerd looks up the file of a subPath once, when the container starts. On nodes without the bind filter, the mount is a symbolic link to that file in the directory of that moment. After the first change, the link points nowhere, and the program doesn't find its file until the container restarts. On Linux, it would see the old content.

This follows from the code of the kubelet and containerd; no report of it has been found. No source shows whether a bind behaves the same way.

Mount the whole volume at a directory of its own, and name the file in it.`,
		Outcome:    OutcomeDiffers,
		Unverified: true,
		Since:      "v0.1.0",
		Sources: []string{
			"https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/volume/util/subpath/subpath_windows.go#L254-L263",
			"https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/volume/util/atomic_writer.go#L210-L266",
			criMountsSource + "#L70-L77",
			mountsSource16 + "#L50",
		},
		Fix: "mount the whole volume at a directory of its own, and name the file in it",
	},
	when:  symlinkMounts,
	about: hasSubPath,
	check: func(_ pod, _ container, m mount) []problem {
		if m.SubPath == "" && m.SubPathExpr == "" || m.volume == nil || !keptByKubelet(m.volume) {
			return nil
		}
		field, path := "subPath", m.SubPath
		if path == "" {
			field, path = "subPathExpr", m.SubPathExpr
		}
		return []problem{{
			field:   field,
			message: fmt.Sprintf("is %s of a volume whose files the kubelet replaces: after a change, the mount points to a missing file", quoted(path)),
		}}
	},
}
