// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/hostprocess-go/sdk/examples/internal/golden"
)

func TestRun(t *testing.T) {
	for _, c := range []struct {
		name string
		args []string
		code int
	}{
		{"text", []string{"-text", `Error: failed to start containerd task "agent": failed to create user process token: failed to logon user: Access is denied.: unknown`}, 0},
		{"describe", []string{"testdata/describe.txt"}, 0},
		{"log", []string{"testdata/containerd.log"}, 0},
		{"folded", []string{"testdata/pod.yaml"}, 0},
		{"events", []string{"testdata/events.json"}, 0},
		{"events-json", []string{"-o", "json", "testdata/events.json"}, 0},
		{"pods", []string{"testdata/pods.json"}, 0},
		{"stdin", []string{"-"}, 0},
		{"nothing", []string{"-text", "Back-off restarting failed container"}, 1},
		{"broken", []string{"testdata/broken.json"}, 2},
		{"help", []string{"-h"}, 0},
		{"no-argument", nil, 2},
		{"no-file", []string{"testdata/missing.log", "testdata/describe.txt"}, 2},
		{"no-such-format", []string{"-o", "xml", "-"}, 2},
		{"text-and-file", []string{"-text", "a", "-"}, 2},
	} {
		golden.Run(t, c.name, run, "testdata/describe.txt", c.args, c.code)
	}
}

// TestLongLog reads a log that is larger than what may be held of it, with a line
// that is as well.
func TestLongLog(t *testing.T) {
	ordinary := strings.NewReader(strings.Repeat("level=info msg=nothing\n", 1000) + strings.Repeat("x", 3*maxMessage) + "\nfailed to logon user\n" + strings.Repeat(" folded\n", maxMessage/4))
	var found causes
	if err := found.stream("log", ordinary); err != nil {
		t.Fatal(err)
	}
	if len(found.list) != 1 || found.list[0].Line != 1002 || found.list[0].Times != 1 {
		t.Errorf("%d causes, %+v", len(found.list), found.list)
	}
}

// TestReadError: an error of reading is told, and so is what was understood.
func TestReadError(t *testing.T) {
	for _, start := range []string{"failed to logon user\n", `{"apiVersion":"v1","kind":"Event","message":"failed to logon user"}`} {
		var stdout, stderr bytes.Buffer
		code := run([]string{"-"}, io.MultiReader(strings.NewReader(start), iotest.ErrReader(errors.New("broken pipe"))), &stdout, &stderr)
		if code != 2 || !strings.Contains(stderr.String(), "broken pipe") || !strings.HasPrefix(stdout.String(), "failed to logon user") {
			t.Errorf("%d: %s%s", code, stdout.String(), stderr.String())
		}
	}
}

// full can't be written to.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestCannotWrite(t *testing.T) {
	for _, format := range []string{"text", "json"} {
		var stderr bytes.Buffer
		if code := run([]string{"-o", format, "testdata/describe.txt"}, nil, full{}, &stderr); code != 2 || !strings.Contains(stderr.String(), "disk full") {
			t.Errorf("%s: exit code %d: %s", format, code, stderr.String())
		}
	}
}
