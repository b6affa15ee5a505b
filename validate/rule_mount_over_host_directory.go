// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"

	"github.com/hostprocess-go/sdk/internal/mounts"
	"github.com/hostprocess-go/sdk/internal/nodes"
	"github.com/hostprocess-go/sdk/volumes"
)

// mountOverHostDirectory: with the bind filter, a mount hides the node's directory.
var mountOverHostDirectory = rule[mountCheck]{
	Rule: Rule{
		ID:    "mount-over-host-directory",
		Title: "a mount hides a directory of the node",
		Doc: `On nodes with the bind filter, a mount is at its mountPath on the node's own disk, for this container only, and hides what the node has there. Programs usually need what is in C:\Windows, C:\Program Files, C:\ProgramData, C:\Users and the kubelet's C:\var\lib\kubelet and C:\k: libraries, tools, the kubelet's sockets. The node only logs it: "job container mount destination exists and will be shadowed".

The rule doesn't report a hostPath mounted at its own path, which hides nothing. Such a mount isn't needed either, because a HostProcess container sees the node's disk.

Choose another mountPath.`,
		Outcome: OutcomeDiffers,
		Since:   "v0.1.0",
		Sources: []string{
			mountsSource + "#L100-L120",
			kepSource,
		},
		Fix: "choose a mountPath that doesn't exist on the node",
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
			message: fmt.Sprintf("is %s, so the volume hides the node's %s from this container", quoted(m.MountPath), directory),
		}}
	},
}

// hides returns the first of the node's directories that the mount hides, or "".
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

// isHostPath reports whether the mount shows a directory of the node at its own path.
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
