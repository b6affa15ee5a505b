// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"

	"github.com/hostprocess-go/sdk/volumes"
)

var mountPathDriveRoot = rule[mountCheck]{
	Rule: Rule{
		ID:    "mount-path-drive-root",
		Title: "a mountPath can't be the root of a drive",
		Doc: `On nodes without the bind filter, each mount is a symbolic link below the container's root directory, at its mountPath without the drive. For /, C:\, D:\ and every path that cleans to one of these (".", "/a/.."), that is the root directory itself. It exists, so the link can't be created and the container doesn't start: "failed to setup mount for job container".

With the bind filter, no source shows what happens; see mount-path-drive-unverified.

A HostProcess container sees the node's whole disk without any mount. To use a directory of the node, pass its path on the command line.`,
		Outcome: OutcomeFails,
		Since:   "v0.1.0",
		Sources: []string{
			mountsSource + "#L25-L64",
			mountsSource16 + "#L18-L57",
		},
		Fix: "mount below the root, such as at /data",
	},
	when:  symlinkMounts,
	about: hasOddPath,
	check: func(_ pod, _ container, m mount) []problem {
		if m.refused() != volumes.ReasonDriveRoot {
			return nil
		}
		return []problem{{
			field:   "mountPath",
			message: fmt.Sprintf("is %s, the root of a drive: its link can't replace the container's root, and the container doesn't start", quoted(m.MountPath)),
			cause:   m.fault(),
		}}
	},
}
