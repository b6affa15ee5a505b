// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"

	"github.com/hostprocess-go/sdk/internal/mounts"
)

// mountNested: a mount inside another leaves traces in the outer one's volume.
var mountNested = rule[conflictCheck]{
	Rule: Rule{
		ID:    "mount-nested",
		Title: "a mount below another mount",
		Doc: `The node makes a symbolic link for each mount below the container's root; with the bind filter that comes on top of the mount itself. The link of a mount below another one is made through the link of the outer one, and so inside the volume that is mounted there: the volume gets the link, and directories on the way to it, that stay when the container has gone.

On nodes without the bind filter the next container that mounts the outer volume then fails to start, because the link exists: "failed to setup mount for job container". If the outer volume already has something of that name, the first one fails, too. With the bind filter a link that can't be made is only logged, but a directory on the way to the mount that can't be made is fatal; and it isn't known whether Windows puts one bind inside another.

All this follows from the code of the runtime; nobody has been found to report it. Mount the two side by side.`,
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
			message: fmt.Sprintf("is %s, below %s of volumeMounts[%d]: a link is left in the volume that is mounted there, and without the bind filter the next container with it doesn't start",
				quoted(clash.Second.Path), quoted(clash.First.Path), clash.FirstIndex),
		})
	},
}
