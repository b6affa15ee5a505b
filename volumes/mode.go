// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package volumes

import (
	"strings"

	"github.com/hostprocess-go/sdk/internal/cmdline"
)

// Mode is one of the three ways in which a node provides a HostProcess container with its
// image and its mounts. The package documentation describes them.
//
// The zero Mode is ModeUnknown, in which every path is an error.
type Mode uint8

const (
	// ModeUnknown is the mode of a node about which too little is known.
	ModeUnknown Mode = iota

	// ModeSymlink16 is containerd 1.6 on any Windows. The image is at
	// C:\C\<container ID>, and each mount is a symbolic link below it.
	ModeSymlink16

	// ModeBind is containerd 1.7 or later on Windows with the bind filter driver.
	// The image is at C:\hpc, which is a different directory in each container; each
	// mount is at its mountPath, visible to that container only, and usually also has
	// a link below C:\hpc.
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

// ParseMode is the reverse of String. It returns an error for any other text.
func ParseMode(s string) (Mode, error) {
	for i, name := range modeNames {
		if s == name {
			return Mode(i), nil
		}
	}
	return ModeUnknown, parseError("mode", s, "write unknown, symlink16, bind or symlinkHPC")
}

// Root returns the directory on the node with the image of a container, without a
// backslash at the end: C:\C\<id> in Symlink16, C:\hpc\<id> in SymlinkHPC, and C:\hpc in
// Bind, for any ID. The runtime replaces %CONTAINER_SANDBOX_MOUNT_POINT% with it.
//
// containerID is the runtime's ID of the container, 64 hexadecimal digits, which follows
// "containerd://" in the status of the pod. Before the container exists, use any
// placeholder. Root returns "" for Unknown, and for the two symlink modes if containerID
// is empty.
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

// InClusterConfig reports whether client-go's InClusterConfig works in the container. It
// opens /var/run/secrets/kubernetes.io/serviceaccount, which is a mount in Bind and a
// directory of the node in the two symlink modes.
//
// Source: https://github.com/kubernetes/client-go/blob/v0.34.0/rest/config.go
func (m Mode) InClusterConfig() bool { return m == ModeBind }

// valid reports whether m is a mode in which paths resolve.
func (m Mode) valid() bool { return m != ModeUnknown && int(m) < len(modeNames) }

// underRoot joins root and path, which is relative and clean.
func underRoot(root, path string) string {
	return strings.TrimRight(root, `\/`) + `\` + path
}
