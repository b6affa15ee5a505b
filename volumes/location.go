// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package volumes

import (
	"strings"

	"github.com/hostprocess-go/sdk/internal/winpath"
)

// Location is the place of a mount in one mode, returned by Mode.Resolve. Locations are
// comparable: two of the same mode and mountPath are equal. The paths of the zero Location
// are empty.
type Location struct {
	mode  Mode
	drive string // with the colon; in a special case, see clean, also a dot
	path  string // after the drive and a separator; slashes may be left in it
}

// Resolve returns the place of a mount at mountPath. It accepts every mountPath that works
// on a node, including relative ones. For others it returns a *PathError with
// ReasonEmptyPath, ReasonNULByte, ReasonDriveRoot, ReasonBareDrive, ReasonDriveRelative,
// ReasonColonInName, ReasonServerPath, ReasonPipePath or ReasonDevicePath; in mode Unknown
// always with ReasonModeUnknown.
//
// It accepts names that a Windows file system probably can't store, such as NUL, a?b or
// control characters: what a node does with them is UNVERIFIED (probe odd-mount-paths).
//
// The result is that of kubelet 1.30 and later. Up to 1.29, a mountPath without a drive
// gets the drive c: instead of C:, which is the same to Windows. Resolve doesn't allocate
// if mountPath has no ".", ".." or empty elements.
//
// Sources, in the order in which a mountPath passes through them:
// https://github.com/kubernetes/kubernetes/blob/v1.34.0/pkg/volume/util/util.go (MakeAbsolutePath)
// https://github.com/containerd/containerd/blob/v2.1.1/internal/cri/opts/spec_windows_opts.go (parseMount)
// https://github.com/microsoft/hcsshim/blob/v0.12.9/internal/jobcontainers/mounts.go
func (m Mode) Resolve(mountPath string) (Location, error) {
	if !m.valid() {
		return Location{}, &PathError{mountPath, ReasonModeUnknown}
	}
	if r := refuse(mountPath); r != "" {
		return Location{}, &PathError{mountPath, r}
	}
	loc := Location{mode: m}
	switch {
	case len(mountPath) > 1 && mountPath[1] == ':':
		loc.drive, loc.path = mountPath[:2], mountPath[3:]
	case winpath.IsSeparator(mountPath[0]):
		loc.drive, loc.path = "C:", mountPath[1:]
	default:
		loc.drive, loc.path = "c:", mountPath
	}
	if !tidy(loc.path) || strings.HasPrefix(loc.path, "??") {
		loc.clean(mountPath)
	}
	if loc.path == "" {
		return Location{}, &PathError{mountPath, ReasonDriveRoot}
	}
	return loc, nil
}

// clean cleans the path like containerd.
func (l *Location) clean(mountPath string) {
	if winpath.IsSeparator(mountPath[0]) {
		l.path = winpath.Clean(mountPath)[1:]
	} else {
		l.path = winpath.Clean(l.drive + `\` + l.path)[3:]
	}
	// /a/../??/b becomes \.\??\b, so that it isn't a device path. The dot is in
	// the destination but not in the path under the root.
	if rest, ok := strings.CutPrefix(l.path, `.\`); ok {
		l.drive, l.path = l.drive+`\.`, rest
	}
}

// Destination returns the destination of the mount in containerd's OCI specification: a
// drive and a clean path, such as C:\etc\agent. Only in mode Bind is the mount visible
// there; in the symlink modes, the same path is a directory of the node, which may exist.
func (l Location) Destination() string {
	if l.drive == "" {
		return ""
	}
	return l.drive + `\` + l.Rel()
}

// Rel returns the path of the mount relative to the container's root: etc\agent. It has no
// drive, so it is the same for D:\x and C:\x.
func (l Location) Rel() string { return strings.ReplaceAll(l.path, "/", `\`) }

// Path returns the path of the mount for a program in the container: Destination in mode
// Bind, and a path below root, the root directory of the container, in the symlink modes.
// See Mode.Root.
func (l Location) Path(root string) string {
	if l.drive == "" || l.mode == ModeBind {
		return l.Destination()
	}
	return underRoot(root, l.Rel())
}

// refuse returns the reason to reject mountPath as it is written, or "". The root of a
// drive can only be recognized in the cleaned path.
func refuse(mountPath string) Reason {
	switch {
	case mountPath == "":
		return ReasonEmptyPath
	case strings.Contains(mountPath, "\x00"):
		return ReasonNULByte
	case winpath.IsSeparator(mountPath[0]):
		return refuseRooted(mountPath)
	case len(mountPath) > 1 && mountPath[1] == ':' && mountPath[0] != ':':
		return refuseDrive(mountPath[2:])
	case strings.Contains(mountPath, ":"):
		return ReasonColonInName
	}
	return ""
}

// refuseRooted is refuse for a path that starts with a separator.
func refuseRooted(path string) Reason {
	switch {
	case len(path) > 1 && winpath.IsSeparator(path[1]):
		return refuseServer(path[2:])
	case startsWith(path[1:], "??"):
		return ReasonDevicePath
	case strings.Contains(path, ":"):
		return ReasonColonInName
	}
	return ""
}

// refuseServer is refuse for what follows two separators.
func refuseServer(path string) Reason {
	switch {
	case !startsWith(path, ".") && !startsWith(path, "?"):
		return ReasonServerPath
	case len(path) > 2 && startsWith(path[2:], "pipe"):
		return ReasonPipePath
	}
	return ReasonDevicePath
}

// refuseDrive is refuse for what follows a drive.
func refuseDrive(path string) Reason {
	switch {
	case path == "":
		return ReasonBareDrive
	case !winpath.IsSeparator(path[0]):
		return ReasonDriveRelative
	case strings.Contains(path, ":"):
		return ReasonColonInName
	}
	return ""
}

// startsWith reports whether the first element of path is name, ignoring case.
func startsWith(path, name string) bool {
	return len(path) >= len(name) && strings.EqualFold(path[:len(name)], name) &&
		(len(path) == len(name) || winpath.IsSeparator(path[len(name)]))
}

// tidy reports whether path needs no cleaning except for its slashes: it is empty, or
// none of its elements is empty, "." or "..".
func tidy(path string) bool {
	start := 0
	for i := 0; i <= len(path); i++ {
		if i < len(path) && !winpath.IsSeparator(path[i]) {
			continue
		}
		switch path[start:i] {
		case "", ".", "..":
			return path == ""
		}
		start = i + 1
	}
	return true
}
