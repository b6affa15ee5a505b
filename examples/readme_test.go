// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package examples

import (
	"errors"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the output of the README's commands anew")

// TestREADME runs what the README shows. A block that starts with "$ go run" is
// a command and its output; a block of Go is a program, and the next block is
// its output. Other commands, which a test can't run, have blocks of their own.
func TestREADME(t *testing.T) {
	const file = "../README.md"
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	old := strings.ReplaceAll(string(text), "\r\n", "\n")
	parts := strings.Split(old, "\n```")
	ran, program := 0, ""
	// Every second part is the inside of a block, starting with its language.
	for i := 1; i < len(parts); i += 2 {
		language, body, _ := strings.Cut(parts[i], "\n")
		switch {
		case language == "go":
			program = body
		case program != "":
			parts[i] = language + "\n" + strings.TrimSuffix(runProgram(t, program), "\n")
			program = ""
			ran++
		case strings.HasPrefix(body, "$ go run ./examples/"):
			command, _, _ := strings.Cut(body, "\n")
			parts[i] = language + "\n" + command + "\n" + strings.TrimSuffix(runGo(t, strings.Fields(command)[2:]...), "\n")
			ran++
		}
	}
	if ran < 4 {
		t.Errorf("only %d blocks of the README were run", ran)
	}
	current := strings.Join(parts, "\n```")
	if *update {
		if err := os.WriteFile(file, []byte(current), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(old, current); diff != "" {
		t.Errorf("the README shows other output than its commands have, run go test ./examples -update (-README +output):\n%s", diff)
	}
}

// runProgram runs a program from a file outside of the module's folders.
func runProgram(t *testing.T, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "main.go")
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return runGo(t, "run", file)
}

// runGo runs the go command from the top of the module. What it prints of exit
// codes is dropped: lint's is part of its work.
func runGo(t *testing.T, args ...string) string {
	t.Helper()
	cmd := exec.Command("go", args...)
	cmd.Dir = ".."
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	if len(out) == 0 {
		t.Errorf("go %s printed nothing: %v\n%s", strings.Join(args, " "), err, stderr.String())
	}
	return string(out)
}
