// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"
)

// subPathGoesStale: a link to a file that the kubelet replaces leads nowhere.
var subPathGoesStale = rule[mountCheck]{
	Rule: Rule{
		ID:    "sub-path-goes-stale",
		Title: "a subPath of a ConfigMap or Secret is lost when it changes",
		Doc: `The kubelet writes the files of ConfigMap, Secret, downward API and projected volumes into a new directory whenever their source changes, and removes the old one. containerd looks up the file behind a subPath once, when the container starts: in the directory of that day. On nodes without the bind filter the mount is a symbolic link to that file. After the first change it leads nowhere, and the program doesn't find its file any more until the container is started again. On Linux it would see the old content.

It follows from the code of the kubelet and of containerd; nobody has been found to report it. Whether a bind behaves in the same way isn't known.

Mount the whole volume at a directory of its own and name the file in it.`,
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
			message: fmt.Sprintf("is %s of a volume whose files the kubelet replaces: after a change the link in the container leads nowhere", quoted(path)),
		}}
	},
}
