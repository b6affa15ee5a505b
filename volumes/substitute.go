// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package volumes

import (
	"strings"

	"github.com/hostprocess-go/sdk/internal/cmdline"
	"github.com/hostprocess-go/sdk/internal/winpath"
)

// Substitute replaces each %CONTAINER_SANDBOX_MOUNT_POINT% and each
// $env:CONTAINER_SANDBOX_MOUNT_POINT in text with root, the root of the container (see
// Mode.Root), like the runtime does before the process starts. Spellings in another case
// stay as they are. $env:CONTAINER_SANDBOX_MOUNT_POINT needs no word boundary after it:
// followed by _X, the result is C:\hpc_X.
//
// The runtime does this to the whole command line, including those of probes, hooks and
// kubectl exec, and to the working directory. For the environment, see EnvValue.
//
// Source: https://github.com/microsoft/hcsshim/blob/v0.12.9/internal/jobcontainers/jobcontainer.go (replaceWithMountPoint)
func Substitute(text, root string) string { return cmdline.Substitute(text, root) }

// EnvValue returns the value of a container's environment variable as the process sees it:
// Substitute(value, root) if r expands values, value otherwise. A zero byte ends it; the
// rest becomes another variable. containerd 1.7 and later append some directories to PATH,
// which EnvValue doesn't do, because it doesn't know the variable's name.
//
// It returns false if the process doesn't get the variable, because its value is empty.
// The process then gets the node's variable of that name, if there is one.
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

// WorkingDir returns the directory in which the process starts, on a node with runtime r
// and mode m, in a container whose root is root (see Mode.Root). dir is the workingDir of
// the container or, if it has none, the working directory of its image; "" means that
// neither is set.
//
// In the symlink modes, dir is under the root, regardless of its drive. Bind uses it as it
// is: there, /debug is C:\debug on the node, not a directory of the image. In every mode,
// a dir that begins with %CONTAINER_SANDBOX_MOUNT_POINT% is below the root. Since
// containerd 1.7, the runtime creates a directory that doesn't exist.
//
// It returns a *PathError with ReasonRelativeDir in mode Bind; ReasonNULByte;
// ReasonMissingDir for the default of containerd 1.6.34, with which no container starts;
// or ReasonModeUnknown if m, or r for an empty dir, is unknown.
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
