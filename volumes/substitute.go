// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package volumes

import (
	"strings"

	"github.com/hostprocess-go/sdk/internal/cmdline"
	"github.com/hostprocess-go/sdk/internal/winpath"
)

// Substitute returns text as the runtime changes it before the process starts:
// each %CONTAINER_SANDBOX_MOUNT_POINT% and each $env:CONTAINER_SANDBOX_MOUNT_POINT
// becomes root, the root of the container (see Mode.Root). Other cases of letters
// stay as they are. $env:CONTAINER_SANDBOX_MOUNT_POINT needs no word boundary
// behind it: with _X after it, the result is C:\hpc_X.
//
// The runtime does this to the whole command line, also of probes, hooks and
// kubectl exec, and to the working directory; see EnvValue for the environment.
//
// Source: https://github.com/microsoft/hcsshim/blob/v0.12.9/internal/jobcontainers/jobcontainer.go (replaceWithMountPoint)
func Substitute(text, root string) string { return cmdline.Substitute(text, root) }

// EnvValue returns the value that an environment variable of a container has for
// the process: Substitute(value, root) if r expands values, value otherwise. A zero
// byte ends it; what follows becomes another variable. To the value of PATH, which
// this doesn't know, containerd 1.7 and later append some directories.
//
// It returns false if the process doesn't get the variable at all, because its value
// is empty. If the node has one of that name, the process gets the node's.
//
// Sources:
// https://github.com/microsoft/hcsshim/blob/v0.12.9/internal/cmd/cmd.go
// https://github.com/microsoft/hcsshim/blob/v0.12.9/internal/exec/exec.go (createEnvBlock)
func (r Runtime) EnvValue(value, root string) (string, bool) {
	if value == "" {
		return "", false
	}
	value, _, _ = strings.Cut(value, "\x00")
	if r.ExpandsEnvValues() {
		value = Substitute(value, root)
	}
	return value, true
}

// WorkingDir returns the directory in which the process starts, on a node with
// runtime r and mode m, in a container whose root is root (see Mode.Root). dir is
// the workingDir of the container or, if it has none, the working directory of
// its image; "" means that neither is set.
//
// The symlink modes look for dir under the root, whatever its drive. Bind takes
// it as it is: there, /debug is C:\debug on the node and not a directory of the
// image. In every mode, a dir that begins with %CONTAINER_SANDBOX_MOUNT_POINT% is
// below the root. Since containerd 1.7 the runtime creates a directory that
// doesn't exist.
//
// It returns a *PathError for ReasonRelativeDir in mode Bind; ReasonNULByte;
// ReasonMissingDir for the default of containerd 1.6.34, with which no container
// starts; ReasonModeUnknown if m, or for an empty dir r, is unknown.
//
// Sources:
// https://github.com/microsoft/hcsshim/blob/v0.9.12/internal/jobcontainers/jobcontainer.go (CreateProcess)
// https://github.com/microsoft/hcsshim/blob/v0.12.9/internal/jobcontainers/jobcontainer.go (CreateProcess)
func (r Runtime) WorkingDir(m Mode, root, dir string) (string, error) {
	if !m.valid() || dir == "" && r.major == 0 {
		return "", &PathError{dir, ReasonModeUnknown}
	}
	if dir == "" {
		dir = `C:\`
		if r.defaultsToHPC() {
			dir = bindRoot
		}
		if m == ModeSymlink16 && dir == bindRoot {
			return "", &PathError{underRoot(root, "hpc"), ReasonMissingDir}
		}
	}
	if m == ModeBind && !cmdline.HasToken(dir) {
		if rest := afterDrive(dir); rest == "" || !winpath.IsSeparator(rest[0]) {
			return "", &PathError{dir, ReasonRelativeDir}
		}
	}
	if strings.Contains(dir, "\x00") {
		return "", &PathError{dir, ReasonNULByte}
	}
	shim := cmdline.Shim{Root: strings.TrimSuffix(root, `\`) + `\`, Bind: m == ModeBind}
	return shim.Dir(dir), nil
}

// afterDrive returns path without its drive.
func afterDrive(path string) string {
	if len(path) > 1 && path[1] == ':' {
		return path[2:]
	}
	return path
}
