// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package volumes

import (
	"errors"
	"io/fs"

	"github.com/hostprocess-go/sdk/internal/quote"
)

// PathError is the error for a path that can't be used. Every function of this package
// returns it for a path that it rejects; find it with errors.As.
type PathError struct {
	Path   string // as it was given
	Reason Reason // the reason why it is rejected
}

// Error describes the problem, its consequence and the fix, and quotes the path.
func (e *PathError) Error() string {
	return "path " + quote.Text(e.Path) + " " + e.Problem()
}

// Problem describes the problem, its consequence and the fix in a phrase whose subject is
// the path, such as "is empty; write an absolute path such as /etc/agent".
func (e *PathError) Problem() string { return e.Reason.explain() }

// Is reports whether target is fs.ErrInvalid.
func (e *PathError) Is(target error) bool { return target == fs.ErrInvalid }

// Reason is the reason why a path is rejected, as a word for programs. The zero Reason
// isn't used.
type Reason string

const (
	// ReasonEmptyPath is an empty path.
	ReasonEmptyPath Reason = "empty-path"
	// ReasonNULByte is a path that contains a zero byte, which no system accepts.
	ReasonNULByte Reason = "nul-byte"
	// ReasonDriveRoot is a path that is the root of a drive: /, C:\, .., /a/.. and so on.
	// The symlink modes would have to replace the container's own root directory
	// with a link, and fail.
	ReasonDriveRoot Reason = "drive-root"
	// ReasonBareDrive is a drive without a path: C: or D:. containerd rejects a mount
	// at the drive C:.
	ReasonBareDrive Reason = "bare-drive"
	// ReasonDriveRelative is a drive and a relative path, D:data, which means a file
	// below that drive's current directory.
	ReasonDriveRelative Reason = "drive-relative"
	// ReasonColonInName is a colon after the drive's. Windows takes what follows for the
	// name of a stream of the file.
	ReasonColonInName Reason = "colon-in-name"
	// ReasonServerPath is a path with two separators at the start, \\server\share\x.
	ReasonServerPath Reason = "server-path"
	// ReasonPipePath is the name of a named pipe, \\.\pipe\x. HostProcess containers
	// can't mount pipes; they open the node's pipes by name.
	ReasonPipePath Reason = "pipe-path"
	// ReasonDevicePath is a path in a device namespace: \\.\x, \\?\x, \??\x.
	ReasonDevicePath Reason = "device-path"
	// ReasonModeUnknown isn't about the path: nothing resolves in mode Unknown.
	ReasonModeUnknown Reason = "mode-unknown"
	// ReasonLeavesMount is a name that isn't below the directory of the lookup: it is
	// absolute, has a drive, or contains "..".
	ReasonLeavesMount Reason = "leaves-mount"
	// ReasonReservedName is a name that Windows takes for a device in every directory,
	// such as NUL or COM1.
	ReasonReservedName Reason = "reserved-name"
	// ReasonUnquotable is a path that can't be quoted so that it passes unchanged
	// through the shell, and everything between the manifest and the shell.
	ReasonUnquotable Reason = "unquotable"
	// ReasonRelativeDir is a working directory in mode Bind that isn't absolute. It is
	// relative to the directory in which the runtime happens to run.
	ReasonRelativeDir Reason = "relative-dir"
	// ReasonMissingDir is a working directory that doesn't exist and that the runtime
	// doesn't create.
	ReasonMissingDir Reason = "missing-dir"
)

var explanations = map[Reason]string{
	ReasonEmptyPath:     `is empty; write an absolute path such as /etc/agent`,
	ReasonNULByte:       `contains a zero byte, which can't be part of a file name; remove it`,
	ReasonDriveRoot:     `is the root of a drive, where nothing can be mounted: the container would not start; mount below it, such as at /data`,
	ReasonBareDrive:     `is a drive without a directory, which containerd rejects; mount below it, such as at D:\data`,
	ReasonDriveRelative: `is relative to the current directory of a drive, which is undefined here; put a backslash after the drive: D:\data`,
	ReasonColonInName:   `has a colon after the drive's, which Windows takes for a stream of a file; rename it`,
	ReasonServerPath:    `starts with two separators and so names a network share, where nothing can be mounted; write one separator`,
	ReasonPipePath:      `is a named pipe, which a HostProcess container can't mount: it would not start; open the pipe by name, without a mount`,
	ReasonDevicePath:    `is a path in the device namespace, where nothing can be mounted; write a drive and a directory`,
	ReasonModeUnknown:   `can't be resolved, because the mode of the node isn't known; get it from Runtime.Mode, or use ModeSymlink16, ModeBind or ModeSymlinkHPC`,
	ReasonLeavesMount:   `is not below the directory of the lookup; use a relative name without ".."`,
	ReasonReservedName:  `contains a name that Windows reserves for a device; rename the file`,
	ReasonUnquotable:    `contains characters that would not reach the program unchanged; rename the directory`,
	ReasonRelativeDir:   `is relative to a directory that depends on the node; write a drive, or %CONTAINER_SANDBOX_MOUNT_POINT%, in front`,
	ReasonMissingDir:    `does not exist in the container and the runtime does not create it, so the container would not start; set workingDir`,
}

func (r Reason) explain() string {
	if text, ok := explanations[r]; ok {
		return text
	}
	return "is rejected"
}

// parseError returns the error for a text that doesn't describe a node: what was
// expected, the text, and the problem.
func parseError(kind, input, problem string) error {
	return errors.New(kind + " " + quote.Text(input) + ": " + problem)
}
