// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package volumes_test

import (
	"strings"
	"testing"

	"github.com/hostprocess-go/sdk/volumes"
)

func TestSubstitute(t *testing.T) {
	for _, test := range []struct{ in, want string }{
		{"", ""},
		{"nothing", "nothing"},
		{`%CONTAINER_SANDBOX_MOUNT_POINT%\x`, `C:\hpc\x`},
		{"$env:CONTAINER_SANDBOX_MOUNT_POINT/bin/x", "C:\\hpc/bin/x"},
		{`a %CONTAINER_SANDBOX_MOUNT_POINT%\x $env:CONTAINER_SANDBOX_MOUNT_POINT\y`, `a C:\hpc\x C:\hpc\y`},
		{"$env:CONTAINER_SANDBOX_MOUNT_POINT_X", `C:\hpc_X`},
		{"%CONTAINER_SANDBOX_MOUNT_POINT%%CONTAINER_SANDBOX_MOUNT_POINT%", `C:\hpcC:\hpc`},
		{"%container_sandbox_mount_point%", "%container_sandbox_mount_point%"},
		{"%Container_Sandbox_Mount_Point%", "%Container_Sandbox_Mount_Point%"},
		{"$Env:CONTAINER_SANDBOX_MOUNT_POINT", "$Env:CONTAINER_SANDBOX_MOUNT_POINT"},
		{"${env:CONTAINER_SANDBOX_MOUNT_POINT}", "${env:CONTAINER_SANDBOX_MOUNT_POINT}"},
		{"$CONTAINER_SANDBOX_MOUNT_POINT/x", "$CONTAINER_SANDBOX_MOUNT_POINT/x"},
		{"$(CONTAINER_SANDBOX_MOUNT_POINT)/x", "$(CONTAINER_SANDBOX_MOUNT_POINT)/x"},
		{"%CONTAINER_SANDBOX_MOUNT_POINT", "%CONTAINER_SANDBOX_MOUNT_POINT"},
		{"%%CONTAINER_SANDBOX_MOUNT_POINT%%", `%C:\hpc%`},
	} {
		for _, root := range []string{`C:\hpc`, `C:\hpc\`} {
			if got := volumes.Substitute(test.in, root); got != test.want {
				t.Errorf("Substitute(%q, %q) = %q, want %q", test.in, root, got, test.want)
			}
		}
	}
}

func TestEnvValue(t *testing.T) {
	for _, test := range []struct {
		runtime, value, want string
		set                  bool
	}{
		{"containerd://1.6.6", `%CONTAINER_SANDBOX_MOUNT_POINT%\a`, `%CONTAINER_SANDBOX_MOUNT_POINT%\a`, true},
		{"containerd://1.6.7", `%CONTAINER_SANDBOX_MOUNT_POINT%\a`, `C:\C\` + id + `\a`, true},
		{"containerd://1.7.0-beta.0", `$env:CONTAINER_SANDBOX_MOUNT_POINT\a`, `C:\C\` + id + `\a`, true},
		{"containerd://2.1.1", "", "", false},
		{"containerd://1.6.6", "", "", false},
		{"containerd://2.1.1", "a\x00B=b", "a", true},
		{"containerd://1.6.6", "\x00B=b", "", true},
	} {
		r := mustParseRuntime(t, test.runtime)
		if got, set := r.EnvValue(test.value, volumes.ModeSymlink16.Root(id)); got != test.want || set != test.set {
			t.Errorf("%s: EnvValue(%q) = %q, %t, want %q, %t", r, test.value, got, set, test.want, test.set)
		}
	}
}

func mustParseRuntime(t *testing.T, s string) volumes.Runtime {
	t.Helper()
	r, err := volumes.ParseRuntime(s)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestWorkingDir(t *testing.T) {
	const v16, v17, v2 = "containerd://1.6.8", "containerd://1.7.18", "containerd://2.0.0"
	type want map[volumes.Mode]string
	for _, test := range []struct {
		runtime, dir string
		want         want // with ROOT for the root of the container
	}{
		{v16, "", want{volumes.ModeSymlink16: `ROOT`}},
		{"containerd://1.6.33", "", want{volumes.ModeSymlink16: `ROOT`}},
		{"containerd://1.6.35", "", want{volumes.ModeSymlink16: `ROOT`}},
		{v17, "", want{volumes.ModeBind: `C:\`, volumes.ModeSymlinkHPC: `ROOT`}},
		{"containerd://1.7.19", "", want{volumes.ModeBind: `C:\hpc`, volumes.ModeSymlinkHPC: `ROOT\hpc`}},
		{"containerd://2.0.0-rc.0", "", want{volumes.ModeBind: `C:\`, volumes.ModeSymlinkHPC: `ROOT`}},
		{"containerd://2.0.0-rc.1", "", want{volumes.ModeBind: `C:\hpc`, volumes.ModeSymlinkHPC: `ROOT\hpc`}},
		{v2, "", want{volumes.ModeBind: `C:\hpc`, volumes.ModeSymlinkHPC: `ROOT\hpc`}},
		{v2, "/debug", want{volumes.ModeSymlink16: `ROOT\debug`, volumes.ModeBind: "/debug", volumes.ModeSymlinkHPC: `ROOT\debug`}},
		{v2, `C:\Windows`, want{volumes.ModeSymlink16: `ROOT\Windows`, volumes.ModeBind: `C:\Windows`, volumes.ModeSymlinkHPC: `ROOT\Windows`}},
		{v2, `C:\hpc\app`, want{volumes.ModeSymlink16: `ROOT\hpc\app`, volumes.ModeBind: `C:\hpc\app`, volumes.ModeSymlinkHPC: `ROOT\hpc\app`}},
		{v2, `D:\w`, want{volumes.ModeSymlink16: `ROOT\w`, volumes.ModeBind: `D:\w`, volumes.ModeSymlinkHPC: `ROOT\w`}},
		{v2, "C:", want{volumes.ModeSymlink16: `ROOT`, volumes.ModeSymlinkHPC: `ROOT`}},
		{v2, "bin", want{volumes.ModeSymlink16: `ROOT\bin`, volumes.ModeSymlinkHPC: `ROOT\bin`}},
		{v2, "%CONTAINER_SANDBOX_MOUNT_POINT%/bin", want{volumes.ModeSymlink16: `ROOT/bin`, volumes.ModeBind: `ROOT/bin`, volumes.ModeSymlinkHPC: `ROOT/bin`}},
		{v2, `$env:CONTAINER_SANDBOX_MOUNT_POINT\bin`, want{volumes.ModeSymlink16: `ROOT\bin`, volumes.ModeBind: `ROOT\bin`, volumes.ModeSymlinkHPC: `ROOT\bin`}},
	} {
		r := mustParseRuntime(t, test.runtime)
		for mode, want := range test.want {
			root := mode.Root(id)
			want = strings.ReplaceAll(want, "ROOT", root)
			if got, err := r.WorkingDir(mode, root, test.dir); got != want || err != nil {
				t.Errorf("%s: %s: WorkingDir(%q) = %q, %v, want %q", r, mode, test.dir, got, err, want)
			}
		}
	}
}

func TestWorkingDirErrors(t *testing.T) {
	newest := mustParseRuntime(t, "containerd://2.1.1")
	for _, dir := range []string{"bin", ".", `.\bin`, "C:", "C:bin", "%container_sandbox_mount_point%"} {
		_, err := newest.WorkingDir(volumes.ModeBind, `C:\hpc`, dir)
		wantPathError(t, err, dir, volumes.ReasonRelativeDir)
	}
	for _, mode := range modes {
		_, err := newest.WorkingDir(mode, `C:\hpc`, "/a\x00b")
		wantPathError(t, err, "/a\x00b", volumes.ReasonNULByte)
	}
	_, err := newest.WorkingDir(volumes.ModeUnknown, "", `C:\`)
	wantPathError(t, err, `C:\`, volumes.ReasonModeUnknown)
	_, err = volumes.Runtime{}.WorkingDir(volumes.ModeBind, `C:\hpc`, "")
	wantPathError(t, err, "", volumes.ReasonModeUnknown)
	_, err = mustParseRuntime(t, "containerd://1.6.34").WorkingDir(volumes.ModeSymlink16, `C:\C\`+id, "")
	wantPathError(t, err, `C:\C\`+id+`\hpc`, volumes.ReasonMissingDir)
	if got, err := (volumes.Runtime{}).WorkingDir(volumes.ModeBind, `C:\hpc`, `C:\x`); got != `C:\x` || err != nil {
		t.Errorf("a directory that doesn't depend on the runtime: %q, %v", got, err)
	}
}
