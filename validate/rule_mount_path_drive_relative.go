// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"

	"github.com/hostprocess-go/sdk/volumes"
)

// mountPathDriveRelative: a drive needs a separator behind it.
var mountPathDriveRelative = rule[mountCheck]{
	Rule: Rule{
		ID:    "mount-path-drive-relative",
		Title: "a mountPath with a drive needs a separator after it",
		Doc: `D:data means a directory below the current directory of drive D:, whatever that is, and not D:\data. On nodes with the bind filter such a mountPath is handed to Windows as it is, and no source says what becomes of it.

On other nodes the drive is dropped, and the mount is at data below the container's root.`,
		Outcome:    OutcomeFails,
		Unverified: true,
		Since:      "v0.1.0",
		Sources: []string{
			absolutePathSource,
			criMountsSource + "#L82-L90",
			mountsSource + "#L100-L120",
		},
		Fix: "put a backslash after the drive",
	},
	when:  bindMounts,
	about: hasOddPath,
	check: func(_ pod, _ container, m mount) []problem {
		if m.refused() != volumes.ReasonDriveRelative {
			return nil
		}
		return []problem{{
			field:   "mountPath",
			message: fmt.Sprintf("is %s, relative to the current directory of a drive: it isn't known where it would be mounted", quoted(m.MountPath)),
			cause:   m.fault(),
			fix:     exact("write %s", m.MountPath[:2]+`\`+m.MountPath[2:]),
		}}
	},
}
