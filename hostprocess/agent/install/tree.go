// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package install

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"
)

var (
	errNotRegular = errors.New("is a link, a directory or a device, not a file")
	errOutside    = errors.New("is in none of Dirs")
)

// tree is the set of directories of a plan. Every change of the node is a method of it.
type tree struct {
	dirs  []string
	roots []*os.Root // for each of dirs, nil if it is missing

	// aside is true if a file in use can be renamed, but not replaced or deleted.
	aside bool
	// flush writes a file or a directory to the disk.
	flush func(*os.File) error
	// step, if set, is called before each change, and prevents it by returning an
	// error.
	step func(op, path string) error
}

// host is the tree of the system that the program runs on, before open.
func host() *tree { return &tree{aside: runtime.GOOS == "windows", flush: (*os.File).Sync} }

// open opens the directories, and creates missing ones if create is set.
func (t *tree) open(dirs []string, create bool) error {
	t.dirs, t.roots = dirs, make([]*os.Root, len(dirs))
	for i, dir := range dirs {
		root, err := os.OpenRoot(dir)
		if errors.Is(err, fs.ErrNotExist) {
			if !create {
				continue
			}
			if err = t.before("mkdir", dir); err == nil {
				err = os.MkdirAll(dir, 0o755)
			}
			if err == nil {
				root, err = os.OpenRoot(dir)
			}
		}
		if err != nil {
			t.close()
			return err
		}
		t.roots[i] = root
	}
	return nil
}

func (t *tree) close() {
	for _, root := range t.roots {
		if root != nil {
			root.Close()
		}
	}
}

func (t *tree) before(op, path string) error {
	if t.step == nil {
		return nil
	}
	return t.step(op, path)
}

// root returns the directory of the plan that path is below, and the rest of the path.
func (t *tree) root(op, path string) (*os.Root, string, error) {
	for i, dir := range t.dirs {
		if !inside(path, dir) {
			continue
		}
		if t.roots[i] == nil {
			return nil, "", &fs.PathError{Op: op, Path: path, Err: fs.ErrNotExist}
		}
		return t.roots[i], path[len(dir)+1:], nil
	}
	return nil, "", &fs.PathError{Op: op, Path: path, Err: errOutside}
}

// change calls do with the directory that contains path.
func (t *tree) change(op, path string, do func(root *os.Root, rel string) error) error {
	root, rel, err := t.root(op, path)
	if err == nil {
		err = t.before(op, path)
	}
	if err == nil {
		err = whole(op, path, do(root, rel))
	}
	return err
}

// whole returns err with the full path: os.Root knows only the rest.
func whole(op, path string, err error) error {
	var p *fs.PathError
	var l *os.LinkError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &p):
		err = p.Err
	case errors.As(err, &l):
		err = l.Err
	}
	return &fs.PathError{Op: op, Path: path, Err: err}
}

// exists reports whether there is a file called path, of any kind. None is called "".
func (t *tree) exists(path string) (bool, error) {
	if path == "" {
		return false, nil
	}
	root, rel, err := t.root("lstat", path)
	if err == nil {
		_, err = root.Lstat(rel)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, whole("lstat", path, err)
}

// read returns the content of a file.
func (t *tree) read(path string) ([]byte, error) {
	file, err := t.openFile(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	data, err := io.ReadAll(file)
	return data, whole("read", path, err)
}

// hash returns the SHA-256 hash of a file, or "" if it doesn't exist.
func (t *tree) hash(path string) (string, error) {
	file, err := t.openFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	defer file.Close()
	sum, err := hash(file, io.Discard)
	return sum, whole("read", path, err)
}

// hash copies from to to and returns the hash of what it copied.
func hash(from io.Reader, to io.Writer) (string, error) {
	sum := sha256.New()
	_, err := io.Copy(io.MultiWriter(sum, to), from)
	return hex.EncodeToString(sum.Sum(nil)), err
}

func (t *tree) openFile(path string) (*os.File, error) {
	root, rel, err := t.root("open", path)
	if err != nil {
		return nil, err
	}
	info, err := root.Lstat(rel)
	if err == nil && !info.Mode().IsRegular() {
		err = errNotRegular
	}
	var file *os.File
	if err == nil {
		file, err = root.Open(rel)
	}
	return file, whole("open", path, err)
}

// create makes a new file, and writes it to the disk.
func (t *tree) create(path string, perm fs.FileMode, write func(io.Writer) error) error {
	return t.change("create", path, func(root *os.Root, rel string) error {
		file, err := root.OpenFile(rel, os.O_WRONLY|os.O_CREATE|os.O_EXCL, perm)
		if err != nil {
			return err
		}
		defer file.Close() // write may panic
		if err = write(file); err == nil {
			err = t.before("flush", path)
		}
		if err == nil {
			err = t.flush(file)
		}
		return errors.Join(err, file.Close())
	})
}

// rename renames a file. On Windows, that fails while another program has it open, such
// as a virus scanner or a container runtime that reads its configuration, so it retries
// for a second.
func (t *tree) rename(from, to string) error {
	return t.change("rename", from, func(root *os.Root, rel string) (err error) {
		for range 20 {
			err = rename(root, rel, t.sibling(rel, to))
			if err == nil || !t.aside || errors.Is(err, fs.ErrNotExist) {
				break
			}
			time.Sleep(50 * time.Millisecond)
		}
		return err
	})
}

func (t *tree) link(from, to string) error {
	return t.change("link", from, func(root *os.Root, rel string) error {
		return link(root, rel, t.sibling(rel, to))
	})
}

// sibling returns the path of a file in the directory of rel.
func (t *tree) sibling(rel, path string) string {
	_, name := split(path)
	return filepath.Join(filepath.Dir(rel), name)
}

// remove deletes a file or an empty directory, if it exists.
func (t *tree) remove(path string) error {
	err := t.change("remove", path, func(root *os.Root, rel string) error { return root.Remove(rel) })
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

func (t *tree) mkdir(path string) error {
	err := t.change("mkdir", path, func(root *os.Root, rel string) error { return root.Mkdir(rel, 0o755) })
	if errors.Is(err, fs.ErrExist) {
		return nil // a file fails later
	}
	return err
}

// sync flushes changes of path's directory to the disk. Windows has no way to do that.
func (t *tree) sync(path string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	root, rel, err := t.root("sync", path)
	if err != nil {
		return err
	}
	dir, err := root.Open(filepath.Dir(rel))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return whole("sync", path, err)
	}
	defer dir.Close()
	return whole("sync", path, t.flush(dir))
}

// The endings of the names that this package gives to files next to path. A container
// runtime doesn't read any of them as CNI configuration.
const (
	newEnding  = ".new-"
	oldEnding  = ".old-"
	lockEnding = ".lock-0"
)

// free returns an unused name: path with an ending and a number.
func (t *tree) free(path, ending string) (string, error) {
	for n := 1; ; n++ {
		name := path + ending + strconv.Itoa(n)
		if found, err := t.exists(name); !found {
			return name, err
		}
	}
}

// ours reports whether path has a name like those of free.
func ours(path string) bool {
	path = strings.ToLower(path)
	rest := strings.TrimRight(path, "0123456789")
	return rest != path && (strings.HasSuffix(rest, newEnding) || strings.HasSuffix(rest, oldEnding) || strings.HasSuffix(path, lockEnding))
}
