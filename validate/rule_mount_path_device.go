// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"

	"github.com/hostprocess-go/sdk/volumes"
)

// mountPathDevice: nothing can be mounted at a device or a pipe.
var mountPathDevice = rule[mountCheck]{
	Rule: Rule{
		ID:    "mount-path-device",
		Title: "a mountPath can't be a device or a named pipe",
		Doc: `Paths that start with \\.\, \\?\ or \??\ are not those of files but of devices, named pipes among them. Nothing can be mounted there.

containerd puts C: in front of it. On nodes without the bind filter the mount is then somewhere below the container's root, at pipe\x for \\.\pipe\x; with the bind filter no source says what Windows makes of it. In no case does the program find anything under the name that was written.

If a named pipe is what you want: a HostProcess container opens it by its name, without a mount. Where the volume is a pipe, too, named-pipe-mount or named-pipe-directory reports that instead.`,
		Outcome:    OutcomeFails,
		Unverified: true,
		Since:      "v0.1.0",
		Sources: []string{
			absolutePathSource,
			criMountsSource + "#L82-L90",
			mountsSource + "#L25-L36",
		},
		Fix: "write a drive and a directory",
	},
	about: hasOddPath,
	check: func(_ pod, _ container, m mount) []problem {
		if m.refused() != volumes.ReasonDevicePath && m.refused() != volumes.ReasonPipePath || isPipe(m.volume) {
			return nil
		}
		return []problem{{
			field:   "mountPath",
			message: fmt.Sprintf("is %s, a device or a named pipe: nothing can be mounted there", quoted(m.MountPath)),
			cause:   m.fault(),
		}}
	},
}
