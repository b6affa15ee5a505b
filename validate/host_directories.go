// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"github.com/hostprocess-go/sdk/internal/mounts"
	"github.com/hostprocess-go/sdk/volumes"
)

// hostDirectories are directories that every Windows node has and uses, and
// those of the kubelet.
var hostDirectories = [...]string{
	`C:\Windows`,
	`C:\Windows\System32`,
	`C:\Windows\System32\drivers`,
	`C:\Windows\System32\drivers\etc`,
	`C:\Windows\System32\WindowsPowerShell\v1.0`,
	`C:\Windows\SysWOW64`,
	`C:\Windows\Temp`,
	`C:\Program Files`,
	`C:\Program Files (x86)`,
	`C:\ProgramData`,
	`C:\Users`,
	`C:\k`,
	`C:\var\lib\kubelet`,
}

// inHostDirectory reports whether a place is one of these directories or below it.
func inHostDirectory(at volumes.Location) bool {
	for _, directory := range hostDirectories {
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
