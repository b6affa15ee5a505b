// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package install

import (
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const waitVariable = "INSTALL_TEST_WAIT"

// waitForEnd is a program that runs until its standard input ends.
func waitForEnd() {
	io.WriteString(os.Stdout, "x")
	io.Copy(io.Discard, os.Stdin)
	os.Exit(0)
}

// runProgram runs this test's program under another path, and returns how to stop it.
func runProgram(t *testing.T, path string) (stop func()) {
	t.Helper()
	cmd := exec.Command(path)
	cmd.Env = append(os.Environ(), waitVariable+"=1")
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(out, make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	return func() {
		in.Close()
		if err := cmd.Wait(); err != nil {
			t.Error(err)
		}
	}
}

// A running program is replaced, and deleted after it has ended, or at once if the system
// can delete running programs.
func TestRunningProgram(t *testing.T) {
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(program)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	target := filepath.Join(dir, "plugin.exe")
	plan := Plan{Dirs: []string{dir}, State: filepath.Join(dir, "state.json")}
	step := func(what string, run func(context.Context) (Result, error), action Action, inUse ...string) {
		t.Helper()
		result, err := run(context.Background())
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		if runtime.GOOS != "windows" {
			inUse = nil
		}
		var want Result
		if action != "" {
			want.Files = []FileResult{{target, action}}
		}
		for _, name := range inUse {
			want.InUse = append(want.InUse, filepath.Join(dir, name))
		}
		if diff := cmp.Diff(want, result); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", what, diff)
		}
	}
	apply := func(what, version string, action Action, inUse ...string) {
		t.Helper()
		// A program may have anything at its end.
		plan.Files = []File{{Data: append(content[:len(content):len(content)], version...), To: target}}
		step(what, plan.Apply, action, inUse...)
		if err := os.Chmod(target, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	apply("first", "1", ActionInstalled)
	stop1 := runProgram(t, target)
	apply("while the first runs", "2", ActionReplaced, "plugin.exe.old-1")
	stop2 := runProgram(t, target)
	apply("while the first two run", "3", ActionReplaced, "plugin.exe.old-1", "plugin.exe.old-2")
	apply("again", "3", ActionUnchanged, "plugin.exe.old-1", "plugin.exe.old-2")
	stop1()
	apply("after the first has ended", "3", ActionUnchanged, "plugin.exe.old-2")
	stop3 := runProgram(t, target)
	step("while two run", plan.Remove, ActionRemoved, "plugin.exe.old-2", "plugin.exe.old-1")
	stop2()
	step("while one runs", plan.Remove, "", "plugin.exe.old-1")
	stop3()
	step("when nothing runs", plan.Remove, "")
	if entries, err := os.ReadDir(dir); err != nil || len(entries) > 0 {
		t.Errorf("%v %v", entries, err)
	}
}
