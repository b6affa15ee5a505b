// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"

	"github.com/hostprocess-go/sdk/volumes"
)

// mountPathServer: two separators in front mean a server.
var mountPathServer = rule[mountCheck]{
	Rule: Rule{
		ID:    "mount-path-server",
		Title: "a mountPath must not start with two separators",
		Doc: `\\server\share and //server/share name a share on the network, where nothing can be mounted. So does //etc/agent, where one slash too many was written.

containerd puts C: in front of it. On nodes without the bind filter the mount is then at etc\agent below the container's root. With the bind filter Windows is handed C:\\etc\agent, and no source says what it makes of it.`,
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
			message: fmt.Sprintf("is %s, which names a server and a share: nothing can be mounted there, and it isn't known what a node does instead", quoted(m.MountPath)),
			cause:   m.fault(),
			fix:     exact("write %s", m.MountPath[1:]),
		}}
	},
}
