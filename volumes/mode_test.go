// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package volumes_test

import (
	"strings"
	"testing"

	"github.com/hostprocess-go/sdk/volumes"
)

var modes = []volumes.Mode{volumes.ModeSymlink16, volumes.ModeBind, volumes.ModeSymlinkHPC}

const id = "8f2c91d04a7be6538f2c91d04a7be6538f2c91d04a7be6538f2c91d04a7be653"

func TestMode(t *testing.T) {
	for _, test := range []struct {
		mode       volumes.Mode
		name, root string
		inCluster  bool
	}{
		{volumes.ModeUnknown, "unknown", "", false},
		{volumes.ModeSymlink16, "symlink16", `C:\C\` + id, false},
		{volumes.ModeBind, "bind", `C:\hpc`, true},
		{volumes.ModeSymlinkHPC, "symlinkHPC", `C:\hpc\` + id, false},
		{volumes.ModeSymlinkHPC + 1, "unknown", "", false},
		{volumes.Mode(200), "unknown", "", false},
	} {
		if got := test.mode.String(); got != test.name {
			t.Errorf("%d: String is %q, want %q", test.mode, got, test.name)
		}
		if got := test.mode.Root(id); got != test.root {
			t.Errorf("%s: Root is %q, want %q", test.mode, got, test.root)
		}
		if got := test.mode.InClusterConfig(); got != test.inCluster {
			t.Errorf("%s: InClusterConfig is %t", test.mode, got)
		}
	}
	for _, mode := range modes {
		if got, err := volumes.ParseMode(mode.String()); got != mode || err != nil {
			t.Errorf("ParseMode(%q) = %s, %v", mode, got, err)
		}
	}
	if got := volumes.ModeSymlink16.Root(""); got != "" {
		t.Errorf("the root of a container without ID is %q", got)
	}
	if got := volumes.ModeBind.Root(""); got != `C:\hpc` {
		t.Errorf("the root in mode Bind is %q", got)
	}
	for _, s := range []string{"", "Bind", "bind ", "1.6"} {
		if mode, err := volumes.ParseMode(s); mode != volumes.ModeUnknown || err == nil || !strings.Contains(err.Error(), s) {
			t.Errorf("ParseMode(%q) = %s, %v", s, mode, err)
		}
	}
}
