// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"

	"github.com/hostprocess-go/sdk/volumes"
)

var mountPathDriveRelative = rule[mountCheck]{
	Rule: Rule{
		ID:    "mount-path-drive-relative",
		Title: "a mountPath with a drive needs a separator after the colon",
		Doc: `D:data means a directory relative to the current directory of drive D:, not D:\data. Nodes with the bind filter pass such a mountPath to Windows as it is, and no source shows the result.

On other nodes, the drive is removed, and the mount is at data below the container's root directory.`,
		Outcome:    OutcomeFails,
		Unverified: true,
		Since:      "v0.1.0",
		Sources: []string{
			absolutePathSource,
			criMountsSource + "#L82-L90",
			mountsSource + "#L100-L120",
		},
		Fix: "put a backslash after the colon",
	},
	when:  bindMounts,
	about: hasOddPath,
	check: func(_ pod, _ container, m mount) []problem {
		if m.refused() != volumes.ReasonDriveRelative {
			return nil
		}
		return []problem{{
			field:   "mountPath",
			message: fmt.Sprintf("is %s, relative to the current directory of a drive: it isn't known where the mount ends up", quoted(m.MountPath)),
			cause:   m.fault(),
			fix:     exact("write %s", m.MountPath[:2]+`\`+m.MountPath[2:]),
		}}
	},
}
