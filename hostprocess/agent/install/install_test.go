// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package install_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/hostprocess-go/sdk/hostprocess/agent/install"
)

// place is a directory of the node, with a plan for it.
type place struct {
	*testing.T
	dir  string
	plan install.Plan
}

func newPlace(t *testing.T) *place {
	dir := filepath.Join(t.TempDir(), "host")
	return &place{t, dir, install.Plan{Dirs: []string{dir}, State: filepath.Join(dir, "state.json")}}
}

func (p *place) path(name string) string { return filepath.Join(p.dir, filepath.FromSlash(name)) }

// file adds a file to the plan.
func (p *place) file(name, text string, f install.File) {
	f.To = p.path(name)
	if f.From == nil {
		f.Data = []byte(text)
	}
	p.plan.Files = append(p.plan.Files, f)
}

// write writes a file that isn't installed.
func (p *place) write(name, text string) {
	p.Helper()
	if err := os.MkdirAll(filepath.Dir(p.path(name)), 0o777); err != nil {
		p.Fatal(err)
	}
	if err := os.WriteFile(p.path(name), []byte(text), 0o666); err != nil {
		p.Fatal(err)
	}
}

// apply applies the plan, and compares the result.
func (p *place) apply(want ...install.Action) install.Result {
	p.Helper()
	result, err := p.plan.Apply(context.Background())
	return p.result(result, err, want)
}

func (p *place) remove(want ...install.Action) install.Result {
	p.Helper()
	p.plan.Files = nil
	result, err := p.plan.Remove(context.Background())
	return p.result(result, err, want)
}

func (p *place) result(result install.Result, err error, want []install.Action) install.Result {
	p.Helper()
	if err != nil {
		p.Fatal(err)
	}
	var got []install.Action
	for _, f := range result.Files {
		got = append(got, f.Action)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		p.Errorf("%v (-want +got)\n%s", result, diff)
	}
	return result
}

// fails applies the plan, which must fail and change nothing.
func (p *place) fails(ctx context.Context) error {
	p.Helper()
	before := p.files()
	result, err := p.plan.Apply(ctx)
	if err == nil {
		p.Fatalf("no error, but %v", result)
	}
	if diff := cmp.Diff(before, p.files()); diff != "" {
		p.Errorf("%v, and yet (-before +after)\n%s", err, diff)
	}
	return err
}

// files returns the files of the node without the state.
func (p *place) files() map[string]string {
	p.Helper()
	all := map[string]string{}
	err := fs.WalkDir(os.DirFS(p.dir), ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist) || name == "state.json":
			return nil
		case err != nil || name == ".":
			return err
		case entry.IsDir():
			all[name+"/"] = ""
			return nil
		case !entry.Type().IsRegular():
			all[name] = entry.Type().String()
			return nil
		}
		text, err := os.ReadFile(p.path(name))
		all[name] = string(text)
		return err
	})
	if err != nil {
		p.Fatal(err)
	}
	return all
}

func (p *place) wantFiles(want map[string]string) {
	p.Helper()
	if diff := cmp.Diff(want, p.files()); diff != "" {
		p.Errorf("(-want +got)\n%s", diff)
	}
}

func TestApplyAndRemove(t *testing.T) {
	p := newPlace(t)
	image := fstest.MapFS{"cni/a.exe": {Data: []byte("a")}}
	p.file("net.d/a.conflist", "last", install.File{Last: true})
	p.file("bin/a.exe", "", install.File{From: image, Name: "cni/a.exe"})
	result := p.apply(install.ActionInstalled, install.ActionInstalled)
	if result.Files[0].Path != p.path("bin/a.exe") || !result.Changed() {
		t.Errorf("%v", result)
	}
	want := map[string]string{"bin/": "", "bin/a.exe": "a", "net.d/": "", "net.d/a.conflist": "last"}
	p.wantFiles(want)
	if result := p.apply(install.ActionUnchanged, install.ActionUnchanged); result.Changed() {
		t.Errorf("%v", result)
	}
	p.wantFiles(want)
	if result := p.remove(install.ActionRemoved, install.ActionRemoved); result.Files[0].Path != p.path("net.d/a.conflist") {
		t.Errorf("the configuration isn't removed first: %v", result)
	}
	p.remove()
	if entries, err := os.ReadDir(p.dir); err != nil || len(entries) > 0 {
		t.Errorf("%v %v", entries, err)
	}
}

func TestRemoveOfNothing(t *testing.T) {
	p := newPlace(t)
	p.remove()
	if _, err := os.Stat(p.dir); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Remove has made the directory: %v", err)
	}
}

func TestUpgrade(t *testing.T) {
	p := newPlace(t)
	p.file("a", "1", install.File{})
	p.file("b/b", "1", install.File{})
	p.apply(install.ActionInstalled, install.ActionInstalled)
	p.plan.Files = nil
	p.file("a", "2", install.File{})
	p.file("c", "2", install.File{})
	p.apply(install.ActionReplaced, install.ActionInstalled, install.ActionRemoved)
	p.wantFiles(map[string]string{"a": "2", "c": "2"})
}

// Remove restores the file from before the first Apply, if the plan has Restore.
func TestRestore(t *testing.T) {
	p := newPlace(t)
	p.write("a", "before")
	p.write("b", "before")
	p.file("a", "1", install.File{Restore: true})
	p.file("b", "1", install.File{})
	p.apply(install.ActionReplaced, install.ActionReplaced)
	p.plan.Files[0].Data = []byte("2")
	p.apply(install.ActionReplaced, install.ActionUnchanged)
	p.wantFiles(map[string]string{"a": "2", "a.old-1": "before", "b": "1"})
	p.remove(install.ActionRemoved, install.ActionRestored)
	p.wantFiles(map[string]string{"a": "before"})
}

// The saved original of a file is deleted if the plan no longer restores it.
func TestNoRestoreAnyMore(t *testing.T) {
	p := newPlace(t)
	p.write("a", "before")
	p.file("a", "1", install.File{Restore: true})
	p.apply(install.ActionReplaced)
	p.plan.Files[0].Restore = false
	p.apply(install.ActionUnchanged)
	p.wantFiles(map[string]string{"a": "1"})
}

// The original is restored even if the installed file was deleted in between.
func TestRestoreOfMissing(t *testing.T) {
	p := newPlace(t)
	p.write("a", "before")
	p.file("a", "1", install.File{Restore: true})
	p.apply(install.ActionReplaced)
	if err := os.Remove(p.path("a")); err != nil {
		t.Fatal(err)
	}
	p.remove(install.ActionRestored)
	p.wantFiles(map[string]string{"a": "before"})
}

// Apply replaces a file that another program changed. Remove keeps it until it is deleted.
func TestChangedBySomebody(t *testing.T) {
	p := newPlace(t)
	p.file("d/a", "1", install.File{})
	p.apply(install.ActionInstalled)
	p.write("d/a", "changed")
	p.apply(install.ActionReplaced)
	p.wantFiles(map[string]string{"d/": "", "d/a": "1"})
	p.write("d/a", "changed")
	if result := p.remove(install.ActionKept); result.Changed() {
		t.Errorf("%v", result)
	}
	p.remove(install.ActionKept)
	p.wantFiles(map[string]string{"d/": "", "d/a": "changed"})
	if err := os.Remove(p.path("d/a")); err != nil {
		t.Fatal(err)
	}
	p.remove(install.ActionRemoved)
	p.wantFiles(map[string]string{})
}

// A file that was there with the right content isn't removed, nor is a directory with
// files of others.
func TestOthersFiles(t *testing.T) {
	p := newPlace(t)
	p.write("a", "1")
	p.write("a.old-1", "not moved by this package")
	p.file("a", "1", install.File{})
	p.file("d/b", "1", install.File{})
	p.apply(install.ActionUnchanged, install.ActionInstalled)
	p.write("d/theirs", "x")
	p.remove(install.ActionRemoved)
	want := map[string]string{"a": "1", "a.old-1": "not moved by this package", "d/": "", "d/theirs": "x"}
	p.wantFiles(want)
	if _, err := os.Stat(p.plan.State); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("there is a state with nothing to remember: %v", err)
	}
}

func TestHashes(t *testing.T) {
	sum := func(text string) string {
		h := sha256.Sum256([]byte(text))
		return strings.ToUpper(hex.EncodeToString(h[:]))
	}
	p := newPlace(t)
	p.file("a", "1", install.File{SHA256: sum("1")})
	p.apply(install.ActionInstalled)
	p.file("b", "1", install.File{})
	p.file("c", "1", install.File{SHA256: sum("2")})
	p.fails(context.Background())
	p.wantFiles(map[string]string{"a": "1"})
}

// A source that is missing or no file, and a context that has ended.
func TestFailures(t *testing.T) {
	p := newPlace(t)
	image := fstest.MapFS{"dir/a": {Data: []byte("a")}}
	p.file("a", "1", install.File{})
	p.apply(install.ActionInstalled)
	p.file("a/b", "", install.File{})
	p.plan.Files = p.plan.Files[1:]
	p.fails(context.Background()) // a is a file, and so nothing can be in it
	for _, name := range []string{"missing", "dir"} {
		p.plan.Files = nil
		p.file("b/c", "", install.File{From: image, Name: name})
		p.fails(context.Background())
	}
	p.plan.Files = nil
	p.file("b/c", "1", install.File{})
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := p.fails(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	p.write("d/x", "in a directory")
	p.plan.Files = nil
	p.file("d", "1", install.File{})
	p.fails(context.Background())
}

// Concurrent calls of Apply wait for each other.
func TestAtTheSameTime(t *testing.T) {
	p := newPlace(t)
	p.file("a", "1", install.File{})
	p.file("b", "1", install.File{})
	var group sync.WaitGroup
	var mu sync.Mutex
	changed := 0
	for range 8 {
		group.Add(1)
		go func() {
			defer group.Done()
			result, err := p.plan.Apply(context.Background())
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				t.Error(err)
			}
			if result.Changed() {
				changed++
			}
		}()
	}
	group.Wait()
	if changed != 1 {
		t.Errorf("%d of them have changed something", changed)
	}
	p.wantFiles(map[string]string{"a": "1", "b": "1"})
}

// A state file of another program is refused, and none of its files is touched.
func TestForeignState(t *testing.T) {
	outside := filepath.Join(t.TempDir(), "outside.old-1")
	if err := os.WriteFile(outside, []byte("x"), 0o666); err != nil {
		t.Fatal(err)
	}
	for name, state := range map[string]string{
		"no JSON":           `version: 1`,
		"no version":        `{}`,
		"a newer version":   `{"version": 2}`,
		"outside":           `{"version": 1, "old": ["OUTSIDE"]}`,
		"outside, record":   `{"version": 1, "files": [{"path": "OUTSIDE", "sha256": "x"}]}`,
		"outside, move":     `{"version": 1, "change": {"moves": [{"path": "OUTSIDE"}]}}`,
		"outside, dir":      `{"version": 1, "change": {"dirs": ["OUTSIDE"]}}`,
		"outside, by dots":  `{"version": 1, "old": ["DIR/../../outside.old-1"]}`,
		"a file to delete":  `{"version": 1, "old": ["DIR/a"]}`,
		"a file to replace": `{"version": 1, "change": {"moves": [{"path": "DIR/a", "aside": "DIR/b"}]}}`,
	} {
		p := newPlace(t)
		state = strings.NewReplacer("OUTSIDE", filepath.ToSlash(outside), "DIR", filepath.ToSlash(p.dir)).Replace(state)
		p.write("a", "a")
		p.write("b", "b")
		p.write("state.json", state)
		p.file("c", "c", install.File{})
		result, err := p.plan.Apply(context.Background())
		if err == nil {
			// A file that can't be deleted counts as in use, such as a path that leads out.
			if name != "outside, by dots" || len(result.InUse) != 1 {
				t.Errorf("%s: no error, but %v", name, result)
			}
			continue
		}
		p.wantFiles(map[string]string{"a": "a", "b": "b"})
		if text, err := os.ReadFile(p.plan.State); string(text) != state {
			t.Errorf("%s: the state is %q now, %v", name, text, err)
		}
	}
	if _, err := os.Stat(outside); err != nil {
		t.Error(err)
	}
}

// Links don't lead out of the directories of a plan.
func TestLinks(t *testing.T) {
	outside := t.TempDir()
	for name, text := range map[string]string{"a": "a", "b.old-1": "b"} {
		if err := os.WriteFile(filepath.Join(outside, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	p := newPlace(t)
	p.write("in/x", "x")
	links := 0
	for link, to := range map[string]string{"out": outside, "a": filepath.Join(outside, "a"), "new": filepath.Join(outside, "none"), "two": "in"} {
		if err := os.Symlink(to, p.path(link)); err != nil {
			t.Log(err)
		} else if info, err := os.Lstat(p.path(link)); err == nil && info.Mode()&fs.ModeSymlink != 0 {
			links++
		}
	}
	if links == 0 && runtime.GOOS == "windows" {
		return // Windows lets only some accounts make links, and wine none
	}
	for _, targets := range [][]string{
		{"out/a"},               // a file of somebody else
		{"out/new/b"},           // a new one
		{"out/b"},               // with the name of one that was set aside
		{"a"},                   // the link is in the place of the file
		{"new"},                 // to nothing
		{"in/same", "two/same"}, // two names of one directory
		{"in/same", "two/SAME"},
	} {
		p.plan.Files = nil
		for _, target := range targets {
			p.file(target, "1", install.File{})
		}
		p.fails(context.Background())
	}
	if entries, err := os.ReadDir(outside); err != nil || len(entries) != 2 {
		t.Errorf("%v %v", entries, err)
	}
	// A link that stays inside is followed.
	p.plan.Files = nil
	p.file("two/y", "1", install.File{})
	p.apply(install.ActionInstalled)
	if text, err := os.ReadFile(p.path("in/y")); string(text) != "1" {
		t.Errorf("%q %v", text, err)
	}
	// A link that is put in the place of a directory later doesn't lead out either.
	p.plan.Files = nil
	p.file("d/a", "1", install.File{})
	p.apply(install.ActionInstalled, install.ActionRemoved)
	if err := os.RemoveAll(p.path("d")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(outside, p.path("d")); err != nil {
		t.Fatal(err)
	}
	if result, err := p.plan.Remove(context.Background()); err == nil {
		t.Errorf("%v", result)
	}
	if text, err := os.ReadFile(filepath.Join(outside, "a")); string(text) != "a" {
		t.Errorf("%q %v", text, err)
	}
}
