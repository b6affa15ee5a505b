// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package volumes

import (
	"strings"

	"github.com/hostprocess-go/sdk/internal/cmdline"
)

// Mode is one of the three ways in which a node gives a HostProcess container
// its image and its mounts. The package documentation describes them.
//
// The zero Mode is ModeUnknown: nothing resolves in it, every question about a path
// gets an error.
type Mode uint8

const (
	// ModeUnknown is the mode of a node of which too little is known.
	ModeUnknown Mode = iota

	// ModeSymlink16 is containerd 1.6 on any Windows. The image is at
	// C:\C\<container ID>, and each mount is a symbolic link below it.
	ModeSymlink16

	// ModeBind is containerd 1.7 or later on Windows with the bind filter driver.
	// The image is at C:\hpc, which is another directory in each container; each
	// mount is at its mountPath, seen by that container alone, and usually has a
	// link below C:\hpc as well.
	ModeBind

	// ModeSymlinkHPC is containerd 1.7 or later on Windows without the bind filter
	// driver. The image is at C:\hpc\<container ID>, and each mount is a symbolic
	// link below it.
	ModeSymlinkHPC
)

var modeNames = [...]string{"unknown", "symlink16", "bind", "symlinkHPC"}

// String returns "unknown", "symlink16", "bind" or "symlinkHPC".
func (m Mode) String() string {
	if int(m) < len(modeNames) {
		return modeNames[m]
	}
	return modeNames[ModeUnknown]
}

// ParseMode is the reverse of String. Any other text is an error.
func ParseMode(s string) (Mode, error) {
	for i, name := range modeNames {
		if s == name {
			return Mode(i), nil
		}
	}
	return ModeUnknown, parseError("mode", s, "write unknown, symlink16, bind or symlinkHPC")
}

// Root returns the directory on the node that holds the image of a container,
// without a backslash at the end: C:\C\<id> in Symlink16, C:\hpc\<id> in
// SymlinkHPC, and C:\hpc in Bind, whatever the ID. It is what the runtime puts in
// place of %CONTAINER_SANDBOX_MOUNT_POINT%.
//
// containerID is the ID the container runtime uses, 64 hexadecimal digits; in
// the status of the pod it stands behind "containerd://". Before the container
// exists, any placeholder will do. Root returns "" where there is no such
// directory: for Unknown, and for the two symlink modes if containerID is empty.
//
// Sources:
// https://github.com/microsoft/hcsshim/blob/v0.9.12/internal/jobcontainers/jobcontainer.go
// https://github.com/microsoft/hcsshim/blob/v0.12.9/internal/jobcontainers/storage.go
func (m Mode) Root(containerID string) string {
	switch {
	case m == ModeBind:
		return bindRoot
	case containerID == "":
		return ""
	case m == ModeSymlink16:
		return symlink16Parent + containerID
	case m == ModeSymlinkHPC:
		return bindRoot + `\` + containerID
	}
	return ""
}

const (
	bindRoot        = cmdline.BindRoot
	symlink16Parent = `C:\C\`
)

// InClusterConfig reports whether a program in the container can use the
// InClusterConfig function of client-go. That function opens
// /var/run/secrets/kubernetes.io/serviceaccount, which is a mount in Bind and a
// directory of the node in the two symlink modes.
//
// Source: https://github.com/kubernetes/client-go/blob/v0.34.0/rest/config.go
func (m Mode) InClusterConfig() bool { return m == ModeBind }

// valid reports whether m is a mode in which paths resolve.
func (m Mode) valid() bool { return m != ModeUnknown && int(m) < len(modeNames) }

// underRoot joins path, which is relative and clean, to root.
func underRoot(root, path string) string {
	return strings.TrimRight(root, `\/`) + `\` + path
}
