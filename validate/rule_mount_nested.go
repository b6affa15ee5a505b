// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"

	"github.com/hostprocess-go/sdk/internal/mounts"
)

// mountNested: an inner mount leaves a link in the outer mount's volume.
var mountNested = rule[conflictCheck]{
	Rule: Rule{
		ID:    "mount-nested",
		Title: "a mount must not be below another mount",
		Doc: `For each mount, the node creates a symbolic link below the container's root directory; with the bind filter, in addition to the mount itself. The link of a mount below another one is created through the outer link, and so inside the outer volume. The volume keeps this link, and the directories on the way to it, after the container has gone.

On nodes without the bind filter, the next container that mounts the outer volume then doesn't start, because the link exists: "failed to setup mount for job container". If the outer volume already has something with that name, not even the first container starts. With the bind filter, a link that can't be created is only logged, but a directory on the way to the mount that can't be created is fatal, and no source shows whether Windows supports a bind inside another.

All this follows from the runtime's code; no report of it has been found. Mount the two volumes side by side.`,
		Outcome:    OutcomeFails,
		Unverified: true,
		Since:      "v0.1.0",
		Sources: []string{
			mountsSource + "#L41-L64",
			mountsSource + "#L122-L135",
			mountsSource16 + "#L33-L57",
		},
		Fix: "mount the two volumes side by side",
	},
	check: func(_ pod, c container, clash conflict) []problem {
		if clash.Conflict != mounts.ConflictContains || clash.First.Origin != mounts.OriginDeclared || clash.Second.Origin != mounts.OriginDeclared {
			return nil
		}
		return c.atMount(clash.SecondIndex, problem{
			message: fmt.Sprintf("is %s, below %s of volumeMounts[%d]: its link in the outer volume can keep the next container from starting",
				quoted(clash.Second.Path), quoted(clash.First.Path), clash.FirstIndex),
		})
	},
}
