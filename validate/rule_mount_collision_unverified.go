// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"

	"github.com/hostprocess-go/sdk/internal/mounts"
)

// mountCollisionUnverified: mounts that are likely at the same place.
var mountCollisionUnverified = rule[conflictCheck]{
	Rule: Rule{
		ID:    "mount-collision-unverified",
		Title: "two mounts of a container are likely at the same place",
		Doc: `Two mountPaths of a container mean the same place to Windows: they differ only in upper and lower case, or in the way that they are written.

With the bind filter it isn't known whether the second mount fails, hides the first, or is merged with it. On other nodes a difference in case alone makes the container fail to start if the disk ignores case, as those of Windows do unless a directory was set to be case-sensitive. Where not even the case differs it is known to fail; see mount-collision.`,
		Outcome:    OutcomeFails,
		Unverified: true,
		Since:      "v0.1.0",
		Sources: []string{
			mountsSource + "#L100-L135",
			"https://github.com/microsoft/hcsshim/blob/v0.12.9/internal/jobobject/jobobject.go#L474-L519",
		},
		Fix: "give each mount a path of its own, whatever its case",
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
			message: fmt.Sprintf("is %s, to Windows the same place as %s of volumeMounts[%d]: it isn't known which of them the container sees, or whether it starts",
				quoted(clash.Second.Path), quoted(clash.First.Path), clash.FirstIndex),
			when: when,
		})
	},
}
