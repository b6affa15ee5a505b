// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package install

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// simulated returns a tree with one of the ways to replace a file. It doesn't sync files,
// which takes long and only matters after a loss of power.
func simulated(aside bool) *tree {
	return &tree{aside: aside, flush: func(*os.File) error { return nil }}
}

// failing returns a tree that calls step before each change.
func failing(aside bool, step func(op, path string) error) *tree {
	t := simulated(aside)
	t.step = step
	return t
}

// node simulates a node in a directory.
type node struct{ dir string }

// newNode makes a node with files that were there before.
func newNode(t *testing.T) node {
	t.Helper()
	n := node{t.TempDir()}
	for name, text := range map[string]string{
		"bin/bridge.exe":      "before",
		"bin/host-local.exe":  "before",
		"net.d/99-other.conf": "somebody else's",
	} {
		path := filepath.Join(n.dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return n
}

func (n node) path(name string) string { return filepath.Join(n.dir, filepath.FromSlash(name)) }

// plan returns one version of what is installed. Version 0 is nothing.
func (n node) plan(version int) Plan {
	p := Plan{Dirs: []string{n.path("bin"), n.path("net.d"), n.path("data")}, State: n.path("data/state.json")}
	add := func(name, text string, f File) {
		f.To, f.Data = n.path(name), []byte(text)
		p.Files = append(p.Files, f)
	}
	switch version {
	case 1:
		add("net.d/10-net.conflist", "one", File{Last: true})
		add("bin/bridge.exe", "one", File{Restore: true})
		add("bin/host-local.exe", "one", File{Restore: true})
		add("bin/old.exe", "one", File{})
		add("bin/tools/same.exe", "same", File{})
		add("bin/tools/gone/gone.exe", "one", File{})
	case 2:
		add("net.d/20-net.conflist", "two", File{Last: true})
		add("bin/bridge.exe", "two", File{Restore: true})
		add("bin/old.exe", "two", File{})
		add("bin/new/er/new.exe", "two", File{})
		add("bin/tools/same.exe", "same", File{})
	}
	return p
}

// run brings a version to the node.
func (n node) run(version int, t *tree) (Result, error) {
	p := n.plan(version)
	return p.run(context.Background(), p.Files, t)
}

// files returns what is on the node, by name.
func (n node) files(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := fs.WalkDir(os.DirFS(n.dir), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			all[name+"/"] = ""
			return err
		}
		text, err := os.ReadFile(n.path(name))
		all[name] = strings.ReplaceAll(string(text), strings.ReplaceAll(n.dir, `\`, `\\`), "NODE")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// stride is the distance between the steps at which a run is killed.
func stride() int {
	if testing.Short() {
		return 7
	}
	return 1
}

// transitions are the runs that are killed: from one version to another.
var transitions = []struct{ from, to int }{{0, 1}, {1, 2}, {2, 0}, {2, 1}, {1, 0}}

// forTransitions runs test for each transition and each way to replace a file. Windows
// supports only one of the two ways.
func forTransitions(t *testing.T, test func(t *testing.T, from, to int, aside bool)) {
	ways := []bool{true}
	if !host().aside {
		ways = append(ways, false)
	}
	some := transitions
	if testing.Short() {
		some = some[1:3]
	}
	for _, aside := range ways {
		for _, tr := range some {
			t.Run(fmt.Sprintf("%d to %d, aside %t", tr.from, tr.to, aside), func(t *testing.T) { test(t, tr.from, tr.to, aside) })
		}
	}
}

// start returns a node with a version on it.
func start(t *testing.T, version int, aside bool) node {
	t.Helper()
	n := newNode(t)
	// The directories stay, so they are the same for every version.
	var dirs tree
	if err := dirs.open(n.plan(0).Dirs, true); err != nil {
		t.Fatal(err)
	}
	dirs.close()
	if version == 2 {
		n.must(t, 1, aside)
	}
	if version != 0 {
		n.must(t, version, aside)
	}
	return n
}

func (n node) must(t *testing.T, version int, aside bool) Result {
	t.Helper()
	result, err := n.run(version, simulated(aside))
	if err != nil {
		t.Fatal(err)
	}
	return result
}

var errKilled = errors.New("killed")

// killed runs a version and kills it at a step. It reports whether the run reached the
// step.
func (n node) killed(t *testing.T, version int, aside bool, step int) (killed bool) {
	t.Helper()
	defer func() {
		if p := recover(); p != nil {
			if p != errKilled {
				panic(p)
			}
			killed = true
		}
	}()
	count := 0
	_, err := n.run(version, failing(aside, func(string, string) error {
		if count++; count == step {
			panic(errKilled)
		}
		return nil
	}))
	if err != nil {
		t.Fatalf("step %d: %v", step, err)
	}
	return false
}

// At whichever step a run is killed, the next run ends with the same files. In between,
// each file has its old or its new content. The same is true if the second run is killed.
func TestKilledAtEveryStep(t *testing.T) {
	runs := 0
	forTransitions(t, func(t *testing.T, from, to int, aside bool) {
		reference := start(t, from, aside)
		before := reference.files(t)
		reference.must(t, to, aside)
		after := reference.files(t)

		for step := 1; ; step += stride() {
			n := start(t, from, aside)
			if !n.killed(t, to, aside, step) {
				if step < 5 {
					t.Errorf("%d steps: the test kills nothing", step)
				}
				if !testing.Short() {
					t.Logf("%d steps", step-1)
				}
				break
			}
			runs++
			n.intact(t, before, after, aside)
			n.must(t, to, aside)
			if diff := cmp.Diff(after, n.files(t)); diff != "" {
				t.Fatalf("killed at step %d: (-want +got)\n%s", step, diff)
			}
			if result := n.must(t, to, aside); result.Changed() {
				t.Errorf("killed at step %d: the third run changes %v", step, result)
			}
			if testing.Short() {
				continue
			}
			// Killed twice: the second time at a step that moves with the first.
			n = start(t, from, aside)
			n.killed(t, to, aside, step)
			for again := 1 + step%11; n.killed(t, to, aside, again); again += 11 {
				runs++
				n.intact(t, before, after, aside)
			}
			if diff := cmp.Diff(after, n.files(t)); diff != "" {
				t.Fatalf("killed at step %d and again: (-want +got)\n%s", step, diff)
			}
		}
	})
	t.Logf("%d kills", runs)
}

// intact checks the files of a node whose run was killed.
func (n node) intact(t *testing.T, before, after map[string]string, aside bool) {
	t.Helper()
	now := n.files(t)
	for name := range maps.Keys(before) {
		old, had := before[name]
		updated, has := after[name]
		if ours(name) || name == "data/state.json" || strings.HasSuffix(name, "/") {
			continue
		}
		switch text, is := now[name]; {
		case is && (had && text == old || has && text == updated):
		case is:
			t.Errorf("%s has the content %q", name, text)
		case had && has && !aside:
			t.Errorf("%s is missing", name)
		case had && has && !slices.ContainsFunc(slices.Collect(maps.Keys(now)), func(other string) bool {
			return strings.HasPrefix(other, name+oldEnding) || strings.HasPrefix(other, name+newEnding)
		}):
			t.Errorf("%s is lost", name)
		}
	}
}

// A run whose every step fails, one after the other, leaves the node as it was, or has
// done everything.
func TestFailedAtEveryStep(t *testing.T) {
	forTransitions(t, func(t *testing.T, from, to int, aside bool) {
		reference := start(t, from, aside)
		before := reference.files(t)
		reference.must(t, to, aside)
		after := reference.files(t)

		rolledBack := 0
		for step := 1; ; step += stride() {
			n := start(t, from, aside)
			count := 0
			_, err := n.run(to, failing(aside, func(op, path string) error {
				if count++; count == step {
					return &fs.PathError{Op: op, Path: path, Err: fs.ErrPermission}
				}
				return nil
			}))
			if count < step {
				break
			}
			files := n.files(t)
			if err != nil && (!errors.Is(err, fs.ErrPermission) || errors.Is(err, fs.ErrExist)) {
				t.Errorf("step %d: %v", step, err)
			}
			if err != nil && cmp.Equal(before, files) {
				rolledBack++
			} else if changed := n.changed(before, after, files); changed != "" {
				t.Errorf("failed at step %d with %v: %s", step, err, changed)
			}
			n.must(t, to, aside)
			if diff := cmp.Diff(after, n.files(t)); diff != "" {
				t.Fatalf("failed at step %d: (-want +got)\n%s", step, diff)
			}
		}
		if rolledBack == 0 {
			t.Error("nothing was rolled back")
		}
	})
}

// changed names a file that is as neither before nor after, or two that don't fit together.
func (n node) changed(before, after, now map[string]string) string {
	strip := func(files map[string]string) map[string]string {
		files = maps.Clone(files)
		maps.DeleteFunc(files, func(name, _ string) bool {
			return ours(name) || name == "data/state.json" || strings.HasSuffix(name, "/")
		})
		return files
	}
	if cmp.Equal(strip(before), strip(now)) || cmp.Equal(strip(after), strip(now)) {
		return ""
	}
	return "(-before +now)\n" + cmp.Diff(strip(before), strip(now))
}

// Every step from one on fails, as if the disk went away.
func TestFailsFromEveryStepOn(t *testing.T) {
	forTransitions(t, func(t *testing.T, from, to int, aside bool) {
		reference := start(t, from, aside)
		reference.must(t, to, aside)
		after := reference.files(t)
		for step := 1; ; step += stride() {
			n := start(t, from, aside)
			count := 0
			_, err := n.run(to, failing(aside, func(op, path string) error {
				if count++; count >= step {
					return &fs.PathError{Op: op, Path: path, Err: fs.ErrPermission}
				}
				return nil
			}))
			if err == nil && count < step {
				break
			}
			n.must(t, to, aside)
			if diff := cmp.Diff(after, n.files(t)); diff != "" {
				t.Fatalf("failed from step %d on: (-want +got)\n%s", step, diff)
			}
		}
	})
}

// While one run has the state file, another waits until its context ends.
func TestLock(t *testing.T) {
	n := start(t, 0, true)
	before := n.files(t)
	unlock, err := lock(n.plan(1).State)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 120*time.Millisecond)
	defer cancel()
	if _, err := n.plan(1).Apply(ctx); !errors.Is(err, errLocked) || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v", err)
	}
	unlock()
	if diff := cmp.Diff(before, n.files(t)); diff != "" {
		t.Errorf("(-before +after)\n%s", diff)
	}
	n.must(t, 1, true)
}

const killVariable = "INSTALL_TEST_KILL"

// TestMain is also the program that is killed, see TestProcessKilled, and the one that is
// replaced, see TestRunningProgram.
func TestMain(m *testing.M) {
	if os.Getenv(waitVariable) != "" {
		waitForEnd()
	}
	dir, at, found := strings.Cut(os.Getenv(killVariable), "|")
	if !found {
		os.Exit(m.Run())
	}
	step, err := strconv.Atoi(at)
	if err != nil {
		fmt.Println(err)
		os.Exit(2)
	}
	count, system := 0, host()
	system.step = func(string, string) error {
		if count++; count == step {
			os.Exit(9)
		}
		return nil
	}
	if _, err := (node{dir}).run(2, system); err != nil {
		fmt.Println(err)
		os.Exit(2)
	}
	os.Exit(0)
}

// A process that ends in the middle leaves no lock, and what the next needs.
func TestProcessKilled(t *testing.T) {
	reference := start(t, 1, host().aside)
	reference.must(t, 2, host().aside)
	after := reference.files(t)
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	kills := 0
	for step := 1; ; step += stride() {
		n := start(t, 1, host().aside)
		cmd := exec.Command(program)
		cmd.Env = append(os.Environ(), killVariable+"="+n.dir+"|"+strconv.Itoa(step))
		out, err := cmd.CombinedOutput()
		if err == nil {
			break
		}
		if code := cmd.ProcessState.ExitCode(); code != 9 {
			t.Fatalf("step %d: %v\n%s", step, err, out)
		}
		kills++
		n.must(t, 2, host().aside)
		if diff := cmp.Diff(after, n.files(t)); diff != "" {
			t.Fatalf("killed at step %d: (-want +got)\n%s", step, diff)
		}
	}
	t.Logf("%d kills", kills)
	if kills == 0 {
		t.Error("nothing was killed")
	}
}
