// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"

	"github.com/hostprocess-go/sdk/volumes"
)

// mountPathDriveUnverified: no source shows what a bind over a whole drive does.
var mountPathDriveUnverified = rule[mountCheck]{
	Rule: Rule{
		ID:    "mount-path-drive-unverified",
		Title: "a mount over a whole drive may fail with the bind filter",
		Doc: `On nodes with the bind filter, a mountPath of /, C:\ or D: asks Windows to put a volume over a whole drive, for this container. No source shows whether Windows accepts that. If it does, the container no longer sees anything on the drive: for C:, that is Windows itself and the container's own image.

On other nodes, and for C: on all of them, it is known to fail; see mount-path-drive-root and mount-path-bare-drive.`,
		Outcome:    OutcomeFails,
		Unverified: true,
		Since:      "v0.1.0",
		Sources: []string{
			mountsSource + "#L100-L120",
			"https://github.com/microsoft/hcsshim/blob/v0.12.9/internal/jobobject/jobobject.go#L474-L519",
		},
		Fix: "mount below the root, such as at /data",
	},
	when:  bindMounts,
	about: hasOddPath,
	check: func(_ pod, _ container, m mount) []problem {
		// C: fails everywhere.
		if m.refused() != volumes.ReasonDriveRoot && (m.refused() != volumes.ReasonBareDrive || m.MountPath[0]|0x20 == 'c') {
			return nil
		}
		return []problem{{
			field:   "mountPath",
			message: fmt.Sprintf("is %s, a whole drive: it isn't known whether Windows can mount a volume there and what the container sees", quoted(m.MountPath)),
			cause:   m.fault(),
		}}
	},
}
