// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package mounts

import (
	"github.com/hostprocess-go/sdk/internal/winpath"
	"github.com/hostprocess-go/sdk/volumes"
)

// Conflict is how two mounts of one container get in each other's way: a word for
// programs. The zero Conflict is ConflictNone.
type Conflict string

const (
	// ConflictNone means that the mounts have nothing to do with each other.
	ConflictNone Conflict = ""

	// ConflictSamePlace means that both mounts are at the same place. In the symlink modes
	// the container doesn't start, because the second link can't be made. In mode
	// Bind it depends on the driver which of the two is seen (UNVERIFIED, probe
	// colliding-mounts).
	ConflictSamePlace Conflict = "same-place"

	// ConflictSameLink is ConflictSamePlace for the links that mode Bind makes under the root of
	// the container: the mounts are at the same path of different drives. Each is
	// at its destination; under the root, only the first one is.
	ConflictSameLink Conflict = "same-link"

	// ConflictContains means that the other mount is below this one. The other's link is
	// made through the link of this one, and so in the volume that is mounted here:
	// the volume gets a link, and directories on the way to it, that stay when the
	// container has gone. In the symlink modes the next container with that volume
	// doesn't start, because the link exists. In mode Bind this goes for the link
	// under the root only; the mount at its destination is not affected.
	ConflictContains Conflict = "contains"

	// ConflictInside is the reverse of ConflictContains: this mount is below the other one.
	ConflictInside Conflict = "inside"
)

// Between returns how two mounts of one container, both resolved in mode m, get in each
// other's way. Case doesn't count, as on the drives of Windows by default.
//
// Names that differ only in trailing dots and spaces count as different, although
// Windows may treat them as one.
//
// Source: https://github.com/microsoft/hcsshim/blob/v0.12.9/internal/jobcontainers/mounts.go
func Between(m volumes.Mode, first, second volumes.Location) Conflict {
	var nowhere volumes.Location
	if first == nowhere || second == nowhere {
		return ConflictNone
	}
	order, a, b := winpath.AfterCommon(first.Rel(), second.Rel())
	switch {
	case order != 0:
		return ConflictNone
	case a == "" && b == "":
		return samePath(m, first, second)
	case a == "" && winpath.IsSeparator(b[0]):
		return ConflictContains
	case b == "" && winpath.IsSeparator(a[0]):
		return ConflictInside
	}
	return ConflictNone
}

// samePath returns the conflict of two mounts with the same path under the root. The
// drive makes a difference in mode Bind only.
func samePath(m volumes.Mode, first, second volumes.Location) Conflict {
	const lower = 'a' - 'A'
	if m == volumes.ModeBind && first.Destination()[0]|lower != second.Destination()[0]|lower {
		return ConflictSameLink
	}
	return ConflictSamePlace
}
