// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package agent_test

import (
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/hostprocess-go/sdk/hostprocess/agent"
	"github.com/hostprocess-go/sdk/volumes"
)

func TestDir(t *testing.T) {
	for _, mode := range everyMode {
		n := newNode(t, mode)
		root := n.root()
		dir, err := root.Mount("/etc/agent")
		if err != nil {
			t.Fatal(err)
		}
		if want, _ := root.Path("/etc/agent"); dir.Path() != want {
			t.Errorf("%s: Path is %q, want %q", mode, dir.Path(), want)
		}
		if got, err := dir.Join("new/file.txt"); got != filepath.Join(dir.Path(), "new", "file.txt") || err != nil {
			t.Errorf("%s: Join: %q, %v", mode, got, err)
		}
		data, err := root.Mount("/etc/agent/..data") // without links, which TestFS doesn't know before Go 1.25
		if err != nil {
			t.Fatal(err)
		}
		if err := fstest.TestFS(data, "config.yaml"); err != nil {
			t.Errorf("%s: %v", mode, err)
		}
		names, err := fs.Glob(dir, "*.yaml")
		if err != nil || len(names) != 1 || names[0] != "config.yaml" {
			t.Errorf("%s: Glob: %q, %v", mode, names, err)
		}
		sub, err := fs.Sub(root.Image(), "plugins")
		if err != nil {
			t.Fatal(err)
		}
		if got, err := fs.ReadFile(sub, "default.txt"); string(got) != imagePlugin || err != nil {
			t.Errorf("%s: a file of the image: %q, %v", mode, got, err)
		}
		for name, look := range looks(dir) {
			if err := look("nothing"); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("%s: %s: %v", mode, name, err)
			}
		}
	}
}

// looks are the functions that look a name up in a Dir.
func looks(dir agent.Dir) map[string]func(string) error {
	return map[string]func(string) error{
		"Open": func(name string) error {
			f, err := dir.Open(name)
			if err == nil {
				err = f.Close()
			}
			return err
		},
		"Stat":     func(name string) error { _, err := fs.Stat(dir, name); return err },
		"ReadFile": func(name string) error { _, err := fs.ReadFile(dir, name); return err },
		"ReadDir":  func(name string) error { _, err := fs.ReadDir(dir, name); return err },
	}
}

func TestMountOfASingleFile(t *testing.T) {
	for _, mode := range everyMode {
		file, err := newNode(t, mode).root().Mount("/etc/agent/config.yaml")
		if err != nil {
			t.Fatal(err)
		}
		if got, err := fs.ReadFile(file, "."); string(got) != mountedConfig || err != nil {
			t.Errorf("%s: %q, %v", mode, got, err)
		}
	}
}

func TestDirRefuses(t *testing.T) {
	for _, mode := range modes {
		dir := newNode(t, mode).root().Image()
		for name, reason := range badNames {
			_, err := dir.Join(name)
			wantPathError(t, err, name, reason)
			for method, look := range looks(dir) {
				err := look(name)
				wantPathError(t, err, name, reason)
				var pathError *fs.PathError
				if !errors.As(err, &pathError) || pathError.Path != name {
					t.Errorf("%s(%q): %v is no fs.PathError", method, name, err)
				}
			}
		}
		for _, name := range []string{"plugins//default.txt", "./plugins", "plugins/", "plugins/./x"} {
			_, err := dir.Join(name)
			wantPathError(t, err, name, volumes.ReasonLeavesMount)
		}
		if _, err := dir.Join(`plugins\default.txt`); err != nil {
			t.Errorf("Join takes backslashes: %v", err)
		}
		_, err := fs.ReadFile(dir, `plugins\default.txt`) // io/fs has slashes only
		wantPathError(t, err, `plugins\default.txt`, volumes.ReasonLeavesMount)
	}
	dir := newNode(t, volumes.ModeUnknown).root().Image()
	for name, reason := range map[string]volumes.Reason{
		"": volumes.ReasonLeavesMount, "..": volumes.ReasonLeavesMount, "../x": volumes.ReasonLeavesMount, "a/../../x": volumes.ReasonLeavesMount,
		"/etc": volumes.ReasonLeavesMount, "a\x00b": volumes.ReasonNULByte, "\x00a": volumes.ReasonNULByte,
	} {
		_, err := dir.Join(name)
		wantPathError(t, err, name, reason)
	}
}

// TestOrdinaryNames: outside Windows a colon or a device name is nothing special.
func TestOrdinaryNames(t *testing.T) {
	if runtime.GOOS == "windows" {
		return
	}
	n := newNode(t, volumes.ModeUnknown)
	for _, name := range []string{"pci-0000:00:1f", "nul", `a\b`, "con.txt"} {
		n.write(n.image("names/"+name), name)
		if got, err := fs.ReadFile(n.root().Image(), "names/"+name); string(got) != name || err != nil {
			t.Errorf("%q: %q, %v", name, got, err)
		}
	}
}

// TestEscapes tries to leave a mount in thousands of ways. Each directory outside it has
// a file of the node, which must never be found.
func TestEscapes(t *testing.T) {
	ups := []string{"..", ".. ", "...", ". .", "..\u200b", "..%5c", "%2e%2e", "．．"}
	seps := []string{"/", `\`, "//", `\\`, `/\`, "/./", `\.\`}
	starts := []string{"", "/", `\`, "./", "a/", "..data/", "C:", "C:/", `C:\`, "//./", `\\?\`, `\\.\C:\`, `\??\C:\`, "//localhost/c$/", "\x00/", " ", "NUL/", "config.yaml/", "config.yaml:x/"}
	var names []string
	for _, start := range starts {
		for _, up := range ups {
			for _, sep := range seps {
				for depth := range 4 {
					names = append(names, start+strings.Repeat(up+sep, depth+1)+"secret.txt")
				}
			}
		}
	}
	rng := rand.New(rand.NewPCG(11, 12))
	pieces := append(append(append([]string{"etc", "agent", "secret.txt"}, ups...), seps...), starts...)
	for range 5_000 {
		var b strings.Builder
		for range 1 + rng.IntN(8) {
			b.WriteString(pieces[rng.IntN(len(pieces))])
		}
		names = append(names, b.String())
	}
	if len(names) < 1000 {
		t.Fatalf("only %d attempts", len(names))
	}

	for _, mode := range everyMode {
		n := newNode(t, mode)
		root := n.root()
		dir, err := root.Mount("/etc/agent")
		if err != nil {
			t.Fatal(err)
		}
		for outside := filepath.Dir(dir.Path()); strings.HasPrefix(outside, n.dir); outside = filepath.Dir(outside) {
			n.write(filepath.Join(outside, "secret.txt"), nodesFile)
		}
		refused := 0
		for _, name := range names {
			if !staysInside(t, n, dir, name) {
				refused++
			}
			if path, err := root.Path("/etc/agent/" + name); err == nil && !strings.HasPrefix(path, n.dir) {
				t.Errorf("%s: Path(%q) = %q leaves the node", mode, name, path)
			}
		}
		t.Logf("%s: %d attempts, %d refused, the others stay inside", mode, len(names), refused)
	}
}

// staysInside fails the test if name leads out of dir, and returns false if it is
// refused.
func staysInside(t *testing.T, n node, dir agent.Dir, name string) bool {
	t.Helper()
	if text, err := fs.ReadFile(dir, name); err == nil && string(text) == nodesFile {
		t.Fatalf("%s: ReadFile(%q) has read a file outside", n.mode, name)
	}
	path, err := dir.Join(name)
	if err != nil {
		if !errors.Is(err, fs.ErrInvalid) {
			t.Fatalf("%s: Join(%q): %v", n.mode, name, err)
		}
		return false
	}
	rel, err := filepath.Rel(dir.Path(), path)
	if err != nil || rel == ".." || strings.HasPrefix(rel, ".."+string(filepath.Separator)) || !filepath.IsAbs(path) {
		t.Fatalf("%s: Join(%q) = %q leaves %q", n.mode, name, path, dir.Path())
	}
	if text, err := os.ReadFile(path); err == nil && string(text) == nodesFile {
		t.Fatalf("%s: Join(%q) = %q is a file outside", n.mode, name, path)
	}
	return true
}

// TestLinksLeadOut: the guarantee for names doesn't include links, and can't.
func TestLinksLeadOut(t *testing.T) {
	for _, mode := range everyMode {
		n := newNode(t, mode)
		outside := filepath.Join(n.dir, "outside", "nodes.txt")
		n.write(outside, nodesFile)
		dir, err := n.root().Mount("/etc/agent")
		if err != nil {
			t.Fatal(err)
		}
		n.link(outside, filepath.Join(dir.Path(), "to-a-file"))
		n.link(filepath.Dir(outside), filepath.Join(dir.Path(), "to-a-directory"))
		for _, name := range []string{"to-a-file", "to-a-directory/nodes.txt"} {
			if got, err := fs.ReadFile(dir, name); string(got) != nodesFile || err != nil {
				t.Errorf("%s: %s: got %q, %v", mode, name, got, err)
			}
			if path, err := dir.Join(name); !strings.HasPrefix(path, dir.Path()) || err != nil {
				t.Errorf("%s: Join(%q) = %q, %v", mode, name, path, err)
			}
		}
		if path, err := dir.Join("to-a-directory/../nodes.txt"); err == nil {
			t.Errorf("%s: a name goes back over a link, to %q", mode, path)
		}
	}
}

func FuzzDirJoin(f *testing.F) {
	f.Add("config.yaml")        // a file
	f.Add("..data/config.yaml") // one dot more and it would leave
	f.Add("../secret.txt")      // leaves
	f.Add(`a\..\..\secret.txt`) // leaves, on Windows
	f.Add("C:secret.txt")       // another drive
	f.Add("config.yaml::$DATA") // a stream
	f.Add("a/NUL.txt")          // a device
	f.Add(".. /x")              // Windows drops the space
	f.Add(`\\?\C:\secret.txt`)  // not a name at all
	nodes := make([]node, 0, len(everyMode))
	dirs := make([]agent.Dir, 0, len(everyMode))
	for _, mode := range everyMode {
		n := newNode(f, mode)
		dir, err := n.root().Mount("/etc/agent")
		if err != nil {
			f.Fatal(err)
		}
		n.write(filepath.Join(filepath.Dir(dir.Path()), "secret.txt"), nodesFile)
		nodes, dirs = append(nodes, n), append(dirs, dir)
	}
	f.Fuzz(func(t *testing.T, name string) {
		for i := range nodes {
			staysInside(t, nodes[i], dirs[i], name)
		}
	})
}

// badNames are names that must not be looked up in a directory.
var badNames = map[string]volumes.Reason{
	"":               volumes.ReasonLeavesMount,
	"..":             volumes.ReasonLeavesMount,
	"../x":           volumes.ReasonLeavesMount,
	`a\..\b`:         volumes.ReasonLeavesMount,
	"a/..":           volumes.ReasonLeavesMount,
	".. ":            volumes.ReasonLeavesMount,
	"a/.. /b":        volumes.ReasonLeavesMount,
	"...":            volumes.ReasonLeavesMount,
	". .":            volumes.ReasonLeavesMount,
	" ":              volumes.ReasonLeavesMount,
	"/a":             volumes.ReasonLeavesMount,
	`\a`:             volumes.ReasonLeavesMount,
	`\\server\share`: volumes.ReasonLeavesMount,
	`\\?\C:\Windows`: volumes.ReasonLeavesMount,
	"C:":             volumes.ReasonLeavesMount,
	`C:\Windows`:     volumes.ReasonLeavesMount,
	"c:/Windows":     volumes.ReasonLeavesMount,
	"C:Windows":      volumes.ReasonColonInName,
	"a:b":            volumes.ReasonColonInName,
	"a::$DATA":       volumes.ReasonColonInName,
	"a/b:stream":     volumes.ReasonColonInName,
	"a\x00b":         volumes.ReasonNULByte,
	"NUL":            volumes.ReasonReservedName,
	"sub/nul":        volumes.ReasonReservedName,
	"Con.txt":        volumes.ReasonReservedName,
	"aux .x.y":       volumes.ReasonReservedName,
	"PRN":            volumes.ReasonReservedName,
	"COM1":           volumes.ReasonReservedName,
	"lpt9.log":       volumes.ReasonReservedName,
	"COM\u00b9":      volumes.ReasonReservedName,
	"LPT\u00b3.x":    volumes.ReasonReservedName,
	"CONIN$":         volumes.ReasonReservedName,
	`a\conout$`:      volumes.ReasonReservedName,
}
