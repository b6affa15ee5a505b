// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"

	"github.com/hostprocess-go/sdk/volumes"
)

var mountPathServer = rule[mountCheck]{
	Rule: Rule{
		ID:    "mount-path-server",
		Title: "a mountPath can't start with two separators",
		Doc: `\\server\share and //server/share name a network share, where nothing can be mounted. So does //etc/agent, with one slash too many.

containerd puts C: in front of the path. On nodes without the bind filter, the mount is then at etc\agent below the container's root directory. With the bind filter, containerd passes C:\\etc\agent to Windows, and no source shows the result.`,
		Outcome:    OutcomeFails,
		Unverified: true,
		Since:      "v0.1.0",
		Sources: []string{
			absolutePathSource,
			criMountsSource + "#L82-L90",
		},
		Fix: "write one separator",
	},
	about: hasOddPath,
	check: func(_ pod, _ container, m mount) []problem {
		if m.refused() != volumes.ReasonServerPath {
			return nil
		}
		return []problem{{
			field:   "mountPath",
			message: fmt.Sprintf("is %s, which names a network share: nothing can be mounted there, and it isn't known where the mount ends up", quoted(m.MountPath)),
			cause:   m.fault(),
			fix:     exact("write %s", m.MountPath[1:]),
		}}
	},
}
