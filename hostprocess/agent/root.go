// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package agent

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/hostprocess-go/sdk/internal/winpath"
	"github.com/hostprocess-go/sdk/volumes"
)

// Root is the file system of the container in which this program runs. Get one from
// Detect, once, when the program starts. It is safe for concurrent use. The zero Root
// isn't usable; its methods fail.
//
// It finds the mounts and the image of a HostProcess container in each of the three
// modes. In any other container, on Windows or not, a mount is at its mountPath and the
// image at the root of the file system, and the same calls return that. So the same
// program works on every node.
type Root struct {
	mode volumes.Mode
	dir  string // Windows path, in a HostProcess container only
	host string // a directory that replaces the node's file system in tests, or ""
	env  func(string) (string, bool)
}

// HostProcess reports whether this is a HostProcess container.
func (r Root) HostProcess() bool { return r.mode != volumes.ModeUnknown }

// Mode returns the mode of the node, or Unknown if this isn't a HostProcess
// container.
func (r Root) Mode() volumes.Mode { return r.mode }

// Path returns the path of the mount at mountPath, or of a file below a mount, given
// with the path from the manifest. The file must exist.
//
// In the symlink modes, that is below the image only: the same path without the image's
// is a file of the node. In mode Bind, it is mountPath itself or, if that doesn't
// exist, the link below the image. In other containers, it is mountPath. On Windows,
// the result always has a drive.
//
// The error is a *volumes.PathError if no file can be mounted at mountPath, or if a
// name in it is reserved for a device; and an *fs.PathError, whose text lists the tried
// paths, if there is no such file (errors.Is finds fs.ErrNotExist) or it can't be
// accessed.
//
// A mountPath is trusted: take it from the manifest or from the program. For a
// name that comes from elsewhere, use Mount and the methods of Dir.
func (r Root) Path(mountPath string) (string, error) {
	tried, err := r.candidates(mountPath)
	if err != nil {
		return "", err
	}
	for i, path := range tried {
		_, err = os.Stat(path)
		if err == nil {
			return path, nil
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return "", notFound(mountPath, tried[:i+1], err)
		}
	}
	return "", notFound(mountPath, tried, fs.ErrNotExist)
}

// ReadFile reads the file at mountPath, or below a mount: see Path.
func (r Root) ReadFile(mountPath string) ([]byte, error) {
	path, err := r.Path(mountPath)
	if err != nil {
		return nil, err
	}
	return os.ReadFile(path)
}

// Mount returns the directory that is mounted at mountPath, or a directory in a mount:
// see Path. Names below it can come from untrusted sources: see Dir for the guarantees
// and their limits.
func (r Root) Mount(mountPath string) (Dir, error) {
	path, err := r.Path(mountPath)
	if err != nil {
		return Dir{}, err
	}
	return Dir{path, r.windows()}, nil
}

// Image returns the directory with the files of the image, such as C:\hpc. In a
// HostProcess container, it doesn't contain the files of the node; in any other
// container, it is the root of the file system.
func (r Root) Image() Dir {
	switch {
	case r.env == nil:
		return Dir{}
	case r.HostProcess():
		return Dir{r.onHost(r.dir), true}
	}
	return Dir{r.ordinary(""), r.windows()}
}

// candidates returns the possible paths of a mount, best first.
func (r Root) candidates(mountPath string) ([]string, error) {
	if r.env == nil {
		return nil, refused(mountPath, volumes.ReasonModeUnknown)
	}
	if !r.windows() {
		return r.unixCandidates(mountPath)
	}
	mode := r.mode
	if !r.HostProcess() {
		mode = volumes.ModeBind // the mount is at its destination
	}
	loc, err := mode.Resolve(mountPath)
	if err != nil {
		return nil, err
	}
	if reason := nameReason(loc.Rel()); reason != "" {
		return nil, refused(mountPath, reason)
	}
	paths := []string{r.onHost(loc.Path(r.dir))}
	if r.mode == volumes.ModeBind {
		paths = append(paths, r.onHost(winpath.Join(r.dir, loc.Rel())))
	}
	return paths, nil
}

func (r Root) unixCandidates(mountPath string) ([]string, error) {
	switch {
	case mountPath == "":
		return nil, refused(mountPath, volumes.ReasonEmptyPath)
	case strings.Contains(mountPath, "\x00"):
		return nil, refused(mountPath, volumes.ReasonNULByte)
	}
	return []string{r.ordinary(mountPath)}, nil
}

// windows reports whether paths are Windows paths.
func (r Root) windows() bool { return r.HostProcess() || runtime.GOOS == "windows" }

// ordinary returns path in a container that isn't a HostProcess container.
func (r Root) ordinary(path string) string {
	if r.windows() {
		return r.onHost(winpath.Join(`C:\`, path))
	}
	return r.host + filepath.Join("/", path)
}

// onHost returns where a Windows path is in this process: unchanged, or in the directory
// that replaces the node's file system.
func (r Root) onHost(path string) string {
	if r.host == "" {
		return path
	}
	drive, rest := strings.ToUpper(path[:1]), path[2:]
	return filepath.Join(r.host, drive, strings.ReplaceAll(rest, `\`, string(filepath.Separator)))
}
