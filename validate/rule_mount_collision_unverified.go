// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"

	"github.com/hostprocess-go/sdk/internal/mounts"
)

// mountCollisionUnverified: mounts that are probably at the same place.
var mountCollisionUnverified = rule[conflictCheck]{
	Rule: Rule{
		ID:    "mount-collision-unverified",
		Title: "two mounts of a container must not have paths that are equal to Windows",
		Doc: `Two mountPaths of a container mean the same place to Windows: they differ only in case, or in the way they are written.

With the bind filter, no source shows whether the second mount fails, hides the first or is merged with it. On other nodes, paths that differ only in case keep the container from starting if the disk is case-insensitive, as Windows disks are unless a directory was made case-sensitive. Paths that don't even differ in case are known to fail; see mount-collision.`,
		Outcome:    OutcomeFails,
		Unverified: true,
		Since:      "v0.1.0",
		Sources: []string{
			mountsSource + "#L100-L135",
			"https://github.com/microsoft/hcsshim/blob/v0.12.9/internal/jobobject/jobobject.go#L474-L519",
		},
		Fix: "give each mount a path that is unique regardless of case",
	},
	check: func(_ pod, c container, clash conflict) []problem {
		if !clash.collide() {
			return nil
		}
		var when nodeSet
		switch same := clash.sameSpelling(); {
		case clash.Conflict == mounts.ConflictSameLink && same:
			return nil
		case clash.Conflict == mounts.ConflictSameLink:
			when = symlinkMounts
		case same:
			when = bindMounts
		}
		return c.atMount(clash.SecondIndex, problem{
			message: fmt.Sprintf("is %s, to Windows the same place as %s of volumeMounts[%d]: the container may not start, or may see only one of the two",
				quoted(clash.Second.Path), quoted(clash.First.Path), clash.FirstIndex),
			when: when,
		})
	},
}
