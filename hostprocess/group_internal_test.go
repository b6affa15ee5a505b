// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package hostprocess

import (
	"strings"
	"testing"

	"github.com/hostprocess-go/sdk/accounts"
	"github.com/hostprocess-go/sdk/validate"
	"github.com/hostprocess-go/sdk/volumes"
)

// A script of 32000 characters is the longest, unless it is in a ConfigMap.
func TestLongestGroupScript(t *testing.T) {
	for n, fits := range map[int]bool{32000: true, 32001: false} {
		var found mistakes
		script := strings.Repeat("x", n)
		if got := found.group("WithGroup", NewGroup("agents"), script); got != fits {
			t.Errorf("a script of %d characters: %v %v", n, got, found)
		}
		found = nil
		if !found.group("WithGroup", NewGroup("agents").WithConfigMap("groups"), script) {
			t.Errorf("a script of %d characters in a ConfigMap: %v", n, found)
		}
	}
}

// If only the runtime of a node is known, the node can't run a container as a group if
// the runtime is containerd 1.6. A node with an unknown runtime or another mode can.
func TestWithoutGroups(t *testing.T) {
	for _, test := range []struct {
		runtime string
		mode    volumes.Mode
		want    bool
	}{
		{"", volumes.ModeUnknown, false},
		{"", volumes.ModeSymlink16, true},
		{"", volumes.ModeSymlinkHPC, false},
		{"", volumes.ModeBind, false},
		{"containerd://1.6.28", volumes.ModeUnknown, true},
		{"containerd://1.6.28", volumes.ModeSymlink16, true},
		{"containerd://1.7.0", volumes.ModeUnknown, false},
		{"containerd://1.7.0", volumes.ModeBind, false},
		{"containerd://2.0.0", volumes.ModeUnknown, false},
	} {
		target := validate.NewTarget(volumes.Runtime{}, test.mode)
		if test.runtime != "" {
			runtime, err := volumes.ParseRuntime(test.runtime)
			if err != nil {
				t.Fatal(err)
			}
			target = validate.NewTarget(runtime, test.mode)
		}
		_, err := NewPod(accounts.Users, NewContainer("agent", "image")).For(target).Build()
		if got := err != nil; got != test.want {
			t.Errorf("%q in mode %s: %v", test.runtime, test.mode, err)
		}
	}
}
