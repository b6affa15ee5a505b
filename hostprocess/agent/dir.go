// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package agent

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/hostprocess-go/sdk/volumes"
)

// Dir is a directory of the container: a mount, or the image. Get one from Root.Mount
// or Root.Image. It is an fs.FS, for io/fs functions such as WalkDir and Glob.
//
// Names are relative to the directory, with slashes. A name by itself can't leave the
// directory, so names from untrusted sources are safe in this respect: for names with
// "..", with a drive, with a stream, of a device, and absolute ones, methods return a
// *volumes.PathError, for which errors.Is finds fs.ErrInvalid.
//
// Links can leave the directory. They are followed, as everywhere: the kubelet creates
// them in ConfigMaps, Secrets and tokens, a mount inside another mount is a link, and
// in the symlink modes the mount itself is one. So anyone who can create links in the
// directory can make a name in it mean any file of the node that the program may open;
// be careful with untrusted names in a directory that others can write to. If the links
// in a directory stay inside it, os.OpenRoot(dir.Path()) enforces that.
//
// The zero Dir isn't usable; its methods fail.
type Dir struct {
	path    string
	windows bool
}

// Path returns the path of the directory.
func (d Dir) Path() string { return d.path }

// Join returns the path of a file in the directory. The file doesn't have to exist. On
// Windows, names can have backslashes too.
func (d Dir) Join(name string) (string, error) {
	if d.path == "" {
		return "", refused(name, volumes.ReasonModeUnknown)
	}
	if d.windows {
		if r := nameReason(name); r != "" {
			return "", refused(name, r)
		}
		name = strings.ReplaceAll(name, `\`, "/")
	}
	if strings.Contains(name, "\x00") {
		return "", refused(name, volumes.ReasonNULByte)
	}
	if !fs.ValidPath(name) {
		return "", refused(name, volumes.ReasonLeavesMount)
	}
	return filepath.Join(d.path, filepath.FromSlash(name)), nil
}

// Open opens the named file for reading. It implements fs.FS, so names have slashes
// only.
func (d Dir) Open(name string) (fs.File, error) {
	path, err := d.Join(name)
	if err == nil && d.windows && strings.Contains(name, `\`) {
		err = refused(name, volumes.ReasonLeavesMount)
	}
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: err}
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	return file, nil
}

// nameReason returns the reason why name, relative to a directory, may not be looked up
// below it on Windows, or "".
func nameReason(name string) volumes.Reason {
	_, err := volumes.Ref{}.Join(name)
	return reasonOf(err)
}
