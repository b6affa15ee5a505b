// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"

	"github.com/hostprocess-go/sdk/internal/mounts"
	"github.com/hostprocess-go/sdk/internal/nodes"
	"github.com/hostprocess-go/sdk/volumes"
)

// mountOverHostDirectory: with the bind filter a mount hides what the node has there.
var mountOverHostDirectory = rule[mountCheck]{
	Rule: Rule{
		ID:    "mount-over-host-directory",
		Title: "a mount hides a directory of the node",
		Doc: `On nodes with the bind filter a mount is at its mountPath on the node's own disk, for this container alone. What the node has at that path is hidden from the container. Of C:\Windows, C:\Program Files, C:\ProgramData, C:\Users and the kubelet's C:\var\lib\kubelet and C:\k a program usually needs what is there: its libraries, its tools, the sockets of the kubelet. The node only logs it: "job container mount destination exists and will be shadowed".

Nothing is hidden where the hostPath is the mountPath, so that isn't reported; but such a mount isn't needed either, because a HostProcess container sees the node's disk.

Choose another mountPath.`,
		Outcome: OutcomeDiffers,
		Since:   "v0.1.0",
		Sources: []string{
			mountsSource + "#L100-L120",
			kepSource,
		},
		Fix: "choose a mountPath that the node doesn't have",
	},
	when:  bindMounts,
	about: maybeOnHost,
	check: func(_ pod, _ container, m mount) []problem {
		directory := m.hides()
		if directory == "" || m.isHostPath() {
			return nil
		}
		return []problem{{
			field:   "mountPath",
			message: fmt.Sprintf("is %s: for this container the volume hides the node's %s", quoted(m.MountPath), directory),
		}}
	},
}

// hides is the first of the node's directories that the mount hides, or nothing.
func (m mount) hides() string {
	for _, directory := range nodes.Directories[:] {
		if m.rel != "" && !nested(m.rel, directory[len(`C:\`):]) {
			continue
		}
		own := m.at()
		at, _ := volumes.ModeBind.Resolve(directory)
		if conflict := mounts.Between(volumes.ModeBind, own, at); (conflict == mounts.ConflictSamePlace || conflict == mounts.ConflictContains) && onDriveC(own) {
			return directory
		}
	}
	return ""
}

// isHostPath reports whether the mount only shows a directory of the node where it
// is anyway.
func (m mount) isHostPath() bool {
	if m.volume == nil || m.volume.HostPath == nil || m.SubPathExpr != "" {
		return false
	}
	path := m.volume.HostPath.Path
	if m.SubPath != "" {
		path += `\` + m.SubPath
	}
	at, err := volumes.ModeBind.Resolve(path)
	return err == nil && mounts.Between(volumes.ModeBind, m.at(), at) == mounts.ConflictSamePlace
}
