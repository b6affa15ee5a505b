// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import "fmt"

// mountBelowHPC: C:\hpc is the container's root, not a place for mounts.
var mountBelowHPC = rule[mountCheck]{
	Rule: Rule{
		ID:    "mount-below-hpc",
		Title: `a mountPath must not be below C:\hpc`,
		Doc: `C:\hpc is where nodes with the bind filter put the container's image, but a mountPath is never relative to it. With a mountPath of C:\hpc\config, a node with the bind filter puts one bind inside the other, and no source shows whether that works. The portable path of the mount is then %CONTAINER_SANDBOX_MOUNT_POINT%\hpc\config, with hpc twice. On other nodes, the mount is at hpc\config below the container's root, which isn't C:\hpc there.

Leave C:\hpc out: with a mountPath of /config, the mount is at %CONTAINER_SANDBOX_MOUNT_POINT%\config on every node.`,
		Outcome:    OutcomeDiffers,
		Unverified: true,
		Since:      "v0.1.0",
		Sources: []string{
			mountsSource + "#L66-L135",
			"https://github.com/microsoft/hcsshim/blob/v0.12.9/internal/jobcontainers/storage.go",
		},
		Fix: "leave C:\\hpc out of the mountPath",
	},
	about: maybeOnHost,
	check: func(_ pod, _ container, m mount) []problem {
		if m.rel != "" && m.rel[0]|0x20 != 'h' || !inBindRoot(m.at()) {
			return nil
		}
		return []problem{{
			field:   "mountPath",
			message: fmt.Sprintf("is %s, but mountPaths aren't relative to C:\\hpc: the mount isn't among the image's files", quoted(m.MountPath)),
		}}
	},
}
