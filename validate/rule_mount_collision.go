// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"

	"github.com/hostprocess-go/sdk/internal/mounts"
)

// mountCollision: two symbolic links can't have the same name.
var mountCollision = rule[conflictCheck]{
	Rule: Rule{
		ID:    "mount-collision",
		Title: "two mounts of a container must not have the same path without the drive",
		Doc: `On nodes without the bind filter, each mount is a symbolic link below the container's root directory, at its mountPath without the drive. Two mountPaths that are then equal (/data and C:/data, C:\data and D:\data, /data and /data/) need the same link. The second one can't be created, and the container doesn't start: "failed to setup mount for job container".

The API server rejects only mountPaths that are equal byte by byte.

With the bind filter, mounts on different drives are separate; the one listed first is found below the container's root. No source shows what happens with two mounts at exactly the same place; see mount-collision-unverified.`,
		Outcome: OutcomeFails,
		Since:   "v0.1.0",
		Sources: []string{
			mountsSource + "#L25-L64",
			mountsSource16 + "#L18-L57",
		},
		Fix: "give each mount a path that is unique without its drive",
	},
	when: symlinkMounts,
	check: func(_ pod, c container, clash conflict) []problem {
		if !clash.collide() || !clash.sameSpelling() {
			return nil
		}
		return c.atMount(clash.SecondIndex, problem{
			message: fmt.Sprintf("is %s, the same place as %s of volumeMounts[%d]: the node can't create both links, and the container doesn't start",
				quoted(clash.Second.Path), quoted(clash.First.Path), clash.FirstIndex),
		})
	},
}

// collide reports whether two mounts that the container declares are at the same
// place, but not those that the API server rejects anyway.
func (clash conflict) collide() bool {
	return (clash.Conflict == mounts.ConflictSamePlace || clash.Conflict == mounts.ConflictSameLink) &&
		clash.First.Origin == mounts.OriginDeclared && clash.Second.Origin == mounts.OriginDeclared &&
		clash.First.Path != clash.Second.Path
}

// sameSpelling reports whether two mounts have the same path, without the drive, in
// the same upper and lower case.
func (clash conflict) sameSpelling() bool {
	return clash.first.Rel() == clash.second.Rel()
}
