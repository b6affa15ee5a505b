// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package agent_test

import (
	"errors"
	"io/fs"
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/hostprocess-go/sdk/hostprocess/agent"
	"github.com/hostprocess-go/sdk/volumes"
)

// The kubelet mounts a file; see newNode for what else could be mistaken for it.
func TestWriteTerminationMessage(t *testing.T) {
	for _, mode := range everyMode {
		for mountPath, where := range map[string]string{
			"":                                  "/dev/termination-log",
			"/dev/termination-log":              "/dev/termination-log",
			"//log/end":                         "/log/end",
			volumes.DefaultTerminationLog + "2": "/dev/termination-log2",
		} {
			n := newNode(t, mode)
			kubelets := n.path(`C:\var\lib\kubelet\pods\uid\containers\agent\1a2b`)
			n.write(kubelets, "")
			n.link(kubelets, n.destination(where))
			root := n.root()
			for _, message := range []string{"the disk is full: a longer message", "short", ""} {
				if err := root.WriteTerminationMessage(mountPath, message); err != nil {
					t.Fatalf("%s: %q: %v", mode, mountPath, err)
				}
				if got, err := os.ReadFile(n.destination(where)); string(got) != message || err != nil {
					t.Errorf("%s: %q: got %q, %v, want %q", mode, mountPath, got, err, message)
				}
			}
		}
	}
}

func TestTerminationMessageLimit(t *testing.T) {
	n := newNode(t, volumes.ModeBind)
	n.write(n.path(`C:\dev\termination-log`), "")
	for _, test := range []struct{ message, want string }{
		{strings.Repeat("x", 4096), strings.Repeat("x", 4096)},
		{"y" + strings.Repeat("x", 4096), strings.Repeat("x", 4096)},
		{strings.Repeat("é", 2049), strings.Repeat("é", 2048)},
		{strings.Repeat("é", 2048) + "!", strings.Repeat("é", 2047) + "!"},
		{strings.Repeat("€", 1366), strings.Repeat("€", 1365)},
		{strings.Repeat("😀", 1024) + "abc", strings.Repeat("😀", 1023) + "abc"},
		{"caf\xe9", "caf\ufffd"},
		{strings.Repeat("\x80", 5000), "\ufffd"},
	} {
		if err := n.root().WriteTerminationMessage("", test.message); err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(n.path(`C:\dev\termination-log`))
		if string(got) != test.want || err != nil || !utf8.Valid(got) {
			t.Errorf("%.20q…: %d bytes, %.20q…, %v; want %d bytes", test.message, len(got), got, err, len(test.want))
		}
	}
}

// Nothing is created: where no file is mounted, the same path is the node's.
func TestWriteTerminationMessageWithoutMount(t *testing.T) {
	for _, mode := range everyMode {
		n := newNode(t, mode)
		if mode == volumes.ModeSymlink16 || mode == volumes.ModeSymlinkHPC {
			n.write(n.path(`C:\dev\termination-log`), nodesFile)
		}
		err := n.root().WriteTerminationMessage("", "message")
		var pathError *fs.PathError
		if !errors.As(err, &pathError) || !errors.Is(err, fs.ErrNotExist) || pathError.Path != volumes.DefaultTerminationLog {
			t.Errorf("%s: got %v", mode, err)
		}
		if _, err := os.Stat(n.destination(volumes.DefaultTerminationLog)); err == nil {
			t.Errorf("%s: the file is created", mode)
		}
		if err := n.root().WriteTerminationMessage("/etc/agent", "message"); err == nil {
			t.Errorf("%s: a directory can be written", mode)
		}
	}
	err := agent.Root{}.WriteTerminationMessage("", "")
	wantPathError(t, err, volumes.DefaultTerminationLog, volumes.ReasonModeUnknown)
}
