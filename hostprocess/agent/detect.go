// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package agent

import (
	"io/fs"
	"os"
	"runtime"
	"strings"

	"github.com/hostprocess-go/sdk/internal/winpath"
	"github.com/hostprocess-go/sdk/volumes"
)

// Process is the input of Detect. Programs call the function Detect; tests describe a
// process in a tree of files and call its Detect method. The zero Process has no
// environment, so it isn't detected as a HostProcess container.
type Process struct {
	// LookupEnv returns environment variables, like os.LookupEnv. nil means that there
	// are none.
	LookupEnv func(name string) (string, bool)

	// Executable is the path of the program's file, as returned by os.Executable. It
	// can be empty.
	Executable string

	// HostRoot is a directory that replaces the file system of the node, or "" for the
	// real one. In a HostProcess container, and always on Windows, it has a directory
	// for each drive, named by its upper-case letter: C/hpc/x in it is C:\hpc\x.
	HostRoot string
}

// Detect determines the container that this program runs in.
//
// The runtime sets the environment variable SandboxVariable to the root of a
// HostProcess container, with a backslash at the end, which Detect doesn't require. If
// the variable is missing, or isn't a directory, because another program has changed
// the environment, Detect derives the root from the path of the program's own file, if
// the program comes from the image. If that fails too, a missing variable means that
// this isn't a HostProcess container, and a wrong one is an *EnvError.
//
// On systems other than Windows, the variable is ignored.
func Detect() (Root, error) {
	exe, _ := os.Executable() // "" will do: it is only the second source
	return Process{LookupEnv: os.LookupEnv, Executable: exe}.Detect()
}

// Detect determines the container that the process p runs in: see the function Detect.
func (p Process) Detect() (Root, error) {
	env := p.LookupEnv
	if env == nil {
		env = func(string) (string, bool) { return "", false }
	}
	ordinary := Root{host: p.HostRoot, env: env}
	if p.HostRoot == "" && runtime.GOOS != "windows" {
		return ordinary, nil
	}
	value, _ := env(volumes.SandboxVariable)
	dir, wrong := absolute(value)
	if wrong == "" && ordinary.isDir(dir) {
		return Root{rootMode(dir), dir, p.HostRoot, env}, nil
	}
	if dir, mode := rootOfProgram(p.Executable); mode != volumes.ModeUnknown && ordinary.isDir(dir) {
		return Root{mode, dir, p.HostRoot, env}, nil
	}
	switch {
	case value == "":
		return ordinary, nil
	case wrong != "":
		return Root{}, &EnvError{volumes.SandboxVariable, value, refused(value, wrong)}
	}
	return Root{}, &EnvError{volumes.SandboxVariable, value, fs.ErrNotExist}
}

// The directories of the containers' roots: see volumes.Mode.Root.
const (
	bindRoot        = `C:\hpc`
	symlink16Parent = `C:\C\`
)

// rootMode returns the mode for the root of a container. It also recognizes a root that
// an annotation of the pod has moved: below it, SymlinkHPC creates a directory named
// after the container.
func rootMode(dir string) volumes.Mode {
	i := strings.LastIndexByte(dir, '\\')
	switch {
	case strings.EqualFold(dir[:i+1], symlink16Parent):
		return volumes.ModeSymlink16
	case isContainerID(dir[i+1:]):
		return volumes.ModeSymlinkHPC
	}
	return volumes.ModeBind
}

// rootOfProgram returns the root of the container whose image contains a program, if
// the program's path determines it.
func rootOfProgram(exe string) (string, volumes.Mode) {
	exe = winpath.Clean(exe)
	if rest, ok := cutPrefixFold(exe, symlink16Parent); ok {
		if id, _, ok := strings.Cut(rest, `\`); ok && isContainerID(id) {
			return symlink16Parent + id, volumes.ModeSymlink16
		}
	}
	if rest, ok := cutPrefixFold(exe, bindRoot+`\`); ok {
		if id, _, ok := strings.Cut(rest, `\`); ok && isContainerID(id) {
			return bindRoot + `\` + id, volumes.ModeSymlinkHPC
		}
		return bindRoot, volumes.ModeBind
	}
	return "", volumes.ModeUnknown
}

func cutPrefixFold(s, prefix string) (string, bool) {
	if len(s) < len(prefix) || !strings.EqualFold(s[:len(prefix)], prefix) {
		return "", false
	}
	return s[len(prefix):], true
}

// isContainerID reports whether s can be the ID of a container: hexadecimal digits, 64
// of them in containerd.
func isContainerID(s string) bool {
	return len(s) >= 16 && strings.Trim(s, "0123456789abcdefABCDEF") == ""
}

func (r Root) isDir(path string) bool {
	info, err := os.Stat(r.onHost(path))
	return err == nil && info.IsDir()
}
