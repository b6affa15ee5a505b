// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"strings"
	"testing"

	"github.com/hostprocess-go/sdk/volumes"
)

func TestBehaviour(t *testing.T) {
	const bind, hpc, old = volumes.ModeBind, volumes.ModeSymlinkHPC, volumes.ModeSymlink16
	symlink16 := symlinkMounts | noLocalGroups | ignoresReadOnly | noPortForward
	symlinkHPC := symlinkMounts | fallbackMounts | ignoresReadOnly
	for _, c := range []struct {
		runtime string
		mode    volumes.Mode
		want    nodeSet
	}{
		// Nothing, or the mode alone: the newest containerd that has it.
		{"", volumes.ModeUnknown, bindMounts | startsInRoot},
		{"", bind, bindMounts | startsInRoot},
		{"", hpc, symlinkHPC | startsBelowRoot},
		{"", old, symlink16 | startsInRoot},
		// The version alone: the mode of a Windows with its updates.
		{"containerd://1.6.6", volumes.ModeUnknown, symlink16 | noEnvTokens | startsInRoot},
		{"containerd://1.6.7", volumes.ModeUnknown, symlink16 | startsInRoot},
		{"containerd://1.6.34", volumes.ModeUnknown, symlink16 | noStartWithoutWorkingDir},
		{"containerd://1.6.35", volumes.ModeUnknown, symlink16 | startsInRoot},
		{"containerd://1.7.0-beta.2", volumes.ModeUnknown, bindMounts | ignoresReadOnly | noPortForward | startsInDriveRoot},
		{"containerd://1.7.0-k3s1", volumes.ModeUnknown, bindMounts | noPortForward | startsInDriveRoot},
		{"containerd://1.7.16", volumes.ModeUnknown, bindMounts | startsInDriveRoot},
		{"containerd://1.7.19", volumes.ModeUnknown, bindMounts | startsInRoot},
		{"containerd://v2.1.1", volumes.ModeUnknown, bindMounts | startsInRoot},
		// Both.
		{"containerd://1.7.18", hpc, symlinkHPC | startsInRoot},
		{"containerd://1.7.19", hpc, symlinkHPC | startsBelowRoot},
		{"containerd://2.0.0", hpc, symlinkHPC | startsBelowRoot},
	} {
		target := NewTarget(volumes.Runtime{}, c.mode)
		if c.runtime != "" {
			runtime, err := volumes.ParseRuntime(c.runtime)
			if err != nil {
				t.Fatal(err)
			}
			target = NewTarget(runtime, c.mode)
		}
		got := target.nodes(37)
		if refuses := got&noNumberedGroups != 0; refuses != (c.runtime != "containerd://v2.1.1") {
			t.Errorf("%q %s: refuses groups that are numbers: %t", c.runtime, c.mode, refuses)
		}
		want := c.mode == old || strings.HasPrefix(c.runtime, "containerd://1.")
		if loses := got&losesOutput != 0; loses != want {
			t.Errorf("%q %s: loses output: %t", c.runtime, c.mode, loses)
		}
		if got &^= noNumberedGroups | losesOutput; got != c.want {
			t.Errorf("%q %s: got %q, want %q", c.runtime, c.mode, got, c.want)
		}
	}
}

func TestBehaviourOfKubelets(t *testing.T) {
	for _, c := range []struct {
		kubelet, server int
		want            nodeSet
	}{
		{28, 37, kubelet128 | kubelet136}, {29, 37, kubelet136}, {29, 28, kubelet136}, {28, 0, kubelet128 | kubelet136}, {29, 0, kubelet136},
		{0, 28, kubelet128 | kubelet136}, {0, 29, kubelet136}, {0, 0, kubeletUnknown}, {-1, 28, kubelet128 | kubelet136},
		{36, 37, kubelet136}, {37, 36, 0}, {0, 36, kubelet136}, {0, 37, 0},
	} {
		if got := (Target{}).WithKubelet(c.kubelet).nodes(c.server) & (kubelet128 | kubelet136 | kubeletUnknown); got != c.want {
			t.Errorf("kubelet 1.%d, API server 1.%d: got %b, want %b", c.kubelet, c.server, got, c.want)
		}
	}
}

// TestBehaviourNames: each constant up to the last one, losesOutput, has a name.
func TestBehaviourNames(t *testing.T) {
	if last := nodeSet(1) << (len(nodeSetNames) - 1); last != losesOutput {
		t.Errorf("there are %d names of nodeSets, and the last nodeSet is %b", len(nodeSetNames), losesOutput)
	}
}
