// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"

	"github.com/hostprocess-go/sdk/volumes"
)

var mountPathDevice = rule[mountCheck]{
	Rule: Rule{
		ID:    "mount-path-device",
		Title: "a mountPath can't be a device or a named pipe",
		Doc: `Paths that start with \\.\, \\?\ or \??\ name devices, including named pipes, and not files. Nothing can be mounted there.

containerd puts C: in front of the path. On nodes without the bind filter, the mount then ends up below the container's root directory, at pipe\x for \\.\pipe\x. With the bind filter, no source shows what Windows makes of it. In no case does the program find anything at the path as written.

If you need a named pipe: a HostProcess container opens it by name, without a mount. If the volume is a pipe as well, named-pipe-mount or named-pipe-directory reports that instead.`,
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
