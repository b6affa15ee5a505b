// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package agent_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/hostprocess-go/sdk/hostprocess/agent"
	"github.com/hostprocess-go/sdk/volumes"
)

const id = "8f2c91d04a7be6538f2c91d04a7be6538f2c91d04a7be6538f2c91d04a7be653"

var (
	modes     = []volumes.Mode{volumes.ModeSymlink16, volumes.ModeBind, volumes.ModeSymlinkHPC}
	everyMode = append([]volumes.Mode{volumes.ModeUnknown}, modes...)
)

// node simulates a node with one container in a tree of files.
type node struct {
	t    testing.TB
	dir  string
	mode volumes.Mode
}

const (
	mountedConfig = "from: the mount\n"
	imagePlugin   = "from: the image\n"
	nodesFile     = "from: the node, not for the container\n"
	token         = "eyJhbGciOiJub25lIn0.e30.\n"
)

// newNode makes a node of the given mode; of an ordinary container for Unknown. It
// has a ConfigMap at /etc/agent, a service account, and an image. In the places that
// could be mistaken for a mount, there are other files:
//
//   - in the symlink modes, files of the node at the mountPath
//   - in mode Bind, files of the image at the mountPath under the root
func newNode(t testing.TB, mode volumes.Mode) node {
	t.Helper()
	n := node{t, tempDir(t), mode}
	n.write(n.image("plugins/default.txt"), imagePlugin)
	n.mount("/etc/agent", map[string]string{"config.yaml": mountedConfig})
	n.mount(volumes.ServiceAccountDir, map[string]string{"token": token, "ca.crt": "-----BEGIN CERTIFICATE-----\n", "namespace": "kube-system\n"})
	switch mode {
	case volumes.ModeSymlink16, volumes.ModeSymlinkHPC:
		n.write(n.path(`C:\etc\agent\config.yaml`), nodesFile)
		n.write(n.path(`C:\plugins\default.txt`), nodesFile)
		n.write(n.path(`C:\var\run\secrets\kubernetes.io\serviceaccount\token`), nodesFile)
	case volumes.ModeBind:
		n.write(n.path(`C:\hpc\etc\agent\config.yaml`), "from: the image, shadowed by the mount\n")
		n.write(n.path(`C:\plugins\default.txt`), nodesFile)
	}
	return n
}

// tempDir is t.TempDir with another way to remove the directory: os.RemoveAll, since
// Go 1.25, does it in a way that Wine 8 doesn't know.
func tempDir(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "volumes")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		var paths []string
		err := filepath.WalkDir(dir, func(path string, _ os.DirEntry, err error) error {
			paths = append(paths, path)
			return err
		})
		for _, path := range slices.Backward(paths) {
			err = errors.Join(err, os.Remove(path))
		}
		if err != nil {
			t.Error(err)
		}
	})
	return dir
}

// process is a process in the container.
func (n node) process() agent.Process {
	env := map[string]string{
		"KUBERNETES_SERVICE_HOST": "10.96.0.1",
		"KUBERNETES_SERVICE_PORT": "443",
		"KUBECONFIG":              `C:\k\config`, // the node's, to be ignored
	}
	if n.mode != volumes.ModeUnknown {
		env[volumes.SandboxVariable] = n.mode.Root(id) + `\`
	}
	return agent.Process{LookupEnv: lookup(env), HostRoot: n.dir}
}

func (n node) root() agent.Root {
	n.t.Helper()
	root, err := n.process().Detect()
	if err != nil {
		n.t.Fatal(err)
	}
	return root
}

func lookup(env map[string]string) func(string) (string, bool) {
	return func(name string) (string, bool) {
		value, ok := env[name]
		return value, ok
	}
}

// path returns where a Windows path is in the tree.
func (n node) path(windows string) string {
	return filepath.Join(n.dir, windows[:1], filepath.FromSlash(strings.ReplaceAll(windows[2:], `\`, "/")))
}

// image returns where a file of the image is in the tree.
func (n node) image(name string) string {
	if n.mode == volumes.ModeUnknown {
		return n.ordinary(name)
	}
	return filepath.Join(n.path(n.mode.Root(id)), filepath.FromSlash(name))
}

// ordinary returns where a file of an ordinary container is in the tree.
func (n node) ordinary(name string) string {
	if runtime.GOOS == "windows" {
		return filepath.Join(n.dir, "C", filepath.FromSlash(name))
	}
	return filepath.Join(n.dir, filepath.FromSlash(name))
}

// mount makes a volume with files, laid out as the kubelet does it, and mounts it.
func (n node) mount(mountPath string, files map[string]string) {
	n.t.Helper()
	source := n.path(`C:\var\lib\kubelet\pods\uid\volumes` + strings.ReplaceAll(mountPath, "/", "_"))
	for name, text := range files {
		n.write(filepath.Join(source, "..2024_01_02", name), text)
	}
	n.link("..2024_01_02", filepath.Join(source, "..data"))
	for name := range files {
		n.link(filepath.Join("..data", name), filepath.Join(source, name))
	}
	n.link(source, n.destination(mountPath))
}

// destination returns where the mount at mountPath is in the tree.
func (n node) destination(mountPath string) string {
	n.t.Helper()
	if n.mode == volumes.ModeUnknown {
		return n.ordinary(mountPath)
	}
	loc, err := n.mode.Resolve(mountPath)
	if err != nil {
		n.t.Fatal(err)
	}
	return n.path(loc.Path(n.mode.Root(id)))
}

// link makes a symbolic link or, where that isn't possible, a copy. Wine claims to
// make links, but doesn't.
func (n node) link(target, link string) {
	n.t.Helper()
	n.must(os.MkdirAll(filepath.Dir(link), 0o777))
	if os.Symlink(target, link) == nil {
		if _, err := os.Stat(link); err == nil {
			return
		}
	}
	if !filepath.IsAbs(target) {
		target = filepath.Join(filepath.Dir(link), target)
	}
	info, err := os.Stat(target)
	n.must(err)
	if info.IsDir() {
		n.must(os.CopyFS(link, os.DirFS(target)))
		return
	}
	text, err := os.ReadFile(target)
	n.must(err)
	n.write(link, string(text))
}

func (n node) write(path, text string) {
	n.t.Helper()
	n.must(os.MkdirAll(filepath.Dir(path), 0o777))
	n.must(os.WriteFile(path, []byte(text), 0o666))
}

func (n node) must(err error) {
	n.t.Helper()
	if err != nil {
		n.t.Fatal(err)
	}
}

// wantPathError checks that err is a PathError for path and reason, with texts.
func wantPathError(t *testing.T, err error, path string, reason volumes.Reason) {
	t.Helper()
	var pathError *volumes.PathError
	if !errors.As(err, &pathError) {
		t.Errorf("%q: got %v, want an error for %q", path, err, reason)
		return
	}
	if *pathError != (volumes.PathError{Path: path, Reason: reason}) {
		t.Errorf("%q: got %+v, want %q", path, *pathError, reason)
	}
	if !errors.Is(err, fs.ErrInvalid) {
		t.Errorf("%q: errors.Is doesn't find fs.ErrInvalid", path)
	}
	if strings.HasSuffix(err.Error(), "is refused") {
		t.Errorf("%q: no text for %q", path, reason)
	}
}
