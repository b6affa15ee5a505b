// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"github.com/hostprocess-go/sdk/internal/mounts"
	"github.com/hostprocess-go/sdk/internal/nodes"
	"github.com/hostprocess-go/sdk/volumes"
)

// inHostDirectory reports whether a place is one of these directories or below it.
func inHostDirectory(at volumes.Location) bool {
	for _, directory := range nodes.Directories {
		host, _ := volumes.ModeBind.Resolve(directory)
		if conflict := mounts.Between(volumes.ModeBind, at, host); (conflict == mounts.ConflictSamePlace || conflict == mounts.ConflictInside) && onDriveC(at) {
			return true
		}
	}
	return false
}

// inBindRoot reports whether a place is the root of containers with the bind filter
// or below it.
func inBindRoot(at volumes.Location) bool {
	root, _ := volumes.ModeBind.Resolve(volumes.ModeBind.Root(""))
	conflict := mounts.Between(volumes.ModeBind, at, root)
	return (conflict == mounts.ConflictSamePlace || conflict == mounts.ConflictInside) && onDriveC(at)
}

// onDriveC reports whether a place is on the drive of Windows.
func onDriveC(at volumes.Location) bool {
	destination := at.Destination()
	return destination != "" && destination[0]|0x20 == 'c'
}
