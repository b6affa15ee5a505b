// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package conformance

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
)

// kubernetes is one Kubernetes version, as a program that creates objects the
// way its API server does: the command in reference/, built with that version.
type kubernetes struct {
	// minor is the version's: 37 for v1.37.
	minor int
	// source is the minor whose code runs. If it is newer than minor, it runs with the
	// feature gates of the older version.
	source int
}

// newest is the newest release, and the version that this module itself is built
// with. The exact number of each version is in its module file.
const newest = 37

// versions are all that are compared, each in a package that is named after the
// source, so that no test has to build more than one. 1.31 to 1.33 are emulated by 1.34: most
// of what changed between 1.30 and 1.34 are feature gates.
var versions = []kubernetes{
	{26, 26}, {30, 30}, {31, 34}, {32, 34}, {33, 34}, {34, 34}, {35, 35}, {36, 36}, {newest, newest},
	{38, 38}, // a pre-release
}

// nextGo is the Go that Kubernetes newer than newest is built with.
const nextGo = "go1.27.1"

// versionsOf returns the versions with the code of a minor.
func versionsOf(source int) []kubernetes {
	return slices.DeleteFunc(slices.Clone(versions), func(k kubernetes) bool { return k.source != source })
}

func (k kubernetes) String() string { return fmt.Sprintf("1.%d", k.minor) }

// answer is the reference's result for one object.
type answer struct {
	Decode   string
	Errors   []cause
	Warnings []string
}

// cause is one error of an API server's answer.
type cause struct{ Type, Field, Message string }

func (c cause) String() string { return fmt.Sprintf("%s: %s (%s)", c.Field, c.Message, c.Type) }

// reference is a running reference program.
type reference struct {
	in  *bufio.Writer
	out *json.Decoder
}

// start runs the program until the test ends.
func (k kubernetes) start(t testing.TB, args ...string) *reference {
	t.Helper()
	if k.source != k.minor {
		args = append(args, "-emulated-version", k.String())
	}
	cmd := k.command(t, args...)
	cmd.Stderr = os.Stderr
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
	t.Cleanup(func() {
		in.Close()
		if err := cmd.Wait(); err != nil {
			t.Errorf("reference %s: %v", k, err)
		}
	})
	return &reference{in: bufio.NewWriter(in), out: json.NewDecoder(bufio.NewReaderSize(out, 1<<20))}
}

// create returns the answers to objects, each in JSON without a newline.
func (r *reference) create(objects ...[]byte) ([]answer, error) {
	written := make(chan error, 1)
	go func() {
		for _, object := range objects {
			r.in.Write(object)
			r.in.WriteByte('\n')
		}
		written <- r.in.Flush()
	}()
	answers := make([]answer, len(objects))
	for i := range answers {
		if err := r.out.Decode(&answers[i]); err != nil {
			if err == io.EOF {
				err = io.ErrUnexpectedEOF
			}
			return nil, fmt.Errorf("no answer to %s: %w", objects[i], err)
		}
	}
	return answers, <-written
}

// command is the program with the code of a version. That of the newest is in the
// test itself; where that of another is up to date, the go command sees that at
// once. It isn't optimized, which takes the compiler longer than the program runs.
func (k kubernetes) command(t testing.TB, args ...string) *exec.Cmd {
	t.Helper()
	if k.source == newest {
		return itself(t, "reference", args...)
	}
	var toolchain []string
	if k.source > newest {
		toolchain = []string{"GOTOOLCHAIN=" + nextGo}
	}
	mod := filepath.Join(top(), "reference", fmt.Sprintf("v1.%d.mod", k.source))
	program := goBuild(t, fmt.Sprintf("reference-1.%d", k.source), module+"/internal/conformance/reference/cmd", toolchain,
		"-modfile="+mod, "-gcflags=all=-N -l", "-ldflags=-s -w")
	return exec.Command(program, args...)
}

// itself is this test as another program: TestMain runs the one that the
// environment names.
func itself(t testing.TB, name string, args ...string) *exec.Cmd {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, args...)
	cmd.Env = append(os.Environ(), programVariable+"="+name)
	return cmd
}

const (
	module          = "github.com/hostprocess-go/sdk"
	programVariable = "HOSTPROCESS_CONFORMANCE_PROGRAM"
)

// top is the folder of this module: a test runs in the folder of its package.
func top() string {
	if _, err := os.Stat("go.mod"); err == nil {
		return "."
	}
	return ".."
}

// goBuild builds a command, with some variables of the environment and arguments of
// go build, and returns the path of the program.
func goBuild(t testing.TB, name, command string, env []string, args ...string) string {
	t.Helper()
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(cache, "hostprocess-go-conformance", name)
	cmd := exec.Command("go", append(append([]string{"build", "-mod=readonly", "-o", program}, args...), command)...)
	cmd.Env = append(append(os.Environ(), "GOWORK=off"), env...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %v\n%s", cmd, err, out)
	}
	return program
}
