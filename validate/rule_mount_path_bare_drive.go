// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"

	"github.com/hostprocess-go/sdk/volumes"
)

var mountPathBareDrive = rule[mountCheck]{
	Rule: Rule{
		ID:    "mount-path-bare-drive",
		Title: "a mountPath can't be a drive without a directory",
		Doc: `containerd rejects a mount at C: ("destination path can not be C drive"). Before 1.6.5 it accepted the path, and the link failed as described below.

On nodes without the bind filter, any other drive fails as well. There the drive is removed from a mountPath, and what remains of D: is the container's own root directory. It exists, so no link can be created in its place: "failed to setup mount for job container".

With the bind filter, no source shows what happens with drives other than C:; see mount-path-drive-unverified.`,
		Outcome: OutcomeFails,
		Since:   "v0.1.0",
		Sources: []string{
			criMountsSource + "#L82-L90",
			mountsSource + "#L25-L64",
			mountsSource16 + "#L18-L57",
		},
		Fix: "mount below the drive",
	},
	about: hasOddPath,
	check: func(_ pod, _ container, m mount) []problem {
		if m.refused() != volumes.ReasonBareDrive {
			return nil
		}
		if drive := m.MountPath[0]; drive == 'c' || drive == 'C' {
			return []problem{{
				field:   "mountPath",
				message: fmt.Sprintf("is %s, a drive without a directory: containerd rejects it, and the container doesn't start", quoted(m.MountPath)),
				cause:   m.fault(),
				fix:     `mount below the drive, such as at C:\data`,
			}}
		}
		return []problem{{
			field:   "mountPath",
			message: fmt.Sprintf("is %s, a drive without a directory: its link can't replace the container's root, and the container doesn't start", quoted(m.MountPath)),
			cause:   m.fault(),
			fix:     exact("mount below the drive, such as at %s", m.MountPath+`\data`),
			when:    symlinkMounts,
		}}
	},
}
