// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package volumes_test

import (
	"strings"
	"testing"

	"github.com/hostprocess-go/sdk/volumes"
)

var (
	server2022 = volumes.WindowsBuild{Build: 20348, Revision: 2849}
	server2019 = volumes.WindowsBuild{Build: 17763, Revision: 6414}
	unpatched  = volumes.WindowsBuild{Build: 17763, Revision: 3046}
)

func TestRuntime(t *testing.T) {
	const no, yes = false, true
	type facts struct {
		mode                                         volumes.Mode // on Windows Server 2022
		hostProcess, groups, env, readOnly, hpc, fwd bool
	}
	none := facts{}
	v16 := facts{mode: volumes.ModeSymlink16, hostProcess: yes}
	v167 := facts{mode: volumes.ModeSymlink16, hostProcess: yes, env: yes}
	v17beta := facts{mode: volumes.ModeBind, hostProcess: yes, groups: yes, env: yes}
	v17 := facts{mode: volumes.ModeBind, hostProcess: yes, groups: yes, env: yes, readOnly: yes}
	v1716 := facts{volumes.ModeBind, yes, yes, yes, yes, no, yes}
	all := facts{volumes.ModeBind, yes, yes, yes, yes, yes, yes}

	for _, test := range []struct {
		text string
		want facts
	}{
		{"containerd://1.5.18", none},
		{"containerd://1.6.0-beta.2", v16},
		{"containerd://1.6.0-rc.1", v16},
		{"containerd://1.6.0", v16},
		{"containerd://1.6", v16},
		{"containerd://v1.6.6", v16},
		{"containerd://1.6.6-k3s1", v16},
		{"containerd://1.6.7", v167},
		{"containerd://1.6.8", v167},
		{"containerd://1.6.20~ds1", v167},
		{"containerd://1.6.24+azure", v167},
		{"containerd://1.6.39", v167},
		{"containerd://1.7.0-alpha.0", v17beta},
		{"containerd://1.7.0-beta.0", v17beta},
		{"containerd://1.7.0-beta.2", v17beta},
		{"containerd://1.7.0-beta.2-41-g0123abcde", v17beta},
		{"containerd://1.7.0-beta.3", v17},
		{"containerd://1.7.0~beta.1", v17beta},
		{"containerd://1.7.0-beta3", v17},
		{"containerd://1.7.0-rc.0", v17},
		{"containerd://1.7.0-rc", v17},
		{"containerd://1.7.0", v17},
		{"containerd://1.7.0-k3s1", v17},
		{"containerd://1.7.0-k3s1-beta.1", v17},
		{"containerd://1.7.0-betamax", v17},
		{"containerd://1.7.0.m", v17},
		{"containerd://1.7", v17},
		{"containerd://1.7.13+azure", v17},
		{"containerd://1.7.15", v17},
		{"containerd://1.7.16", v1716},
		{"containerd://1.7.18", v1716},
		{"containerd://1.7.19", all},
		{"containerd://1.7.35", all},
		{"containerd://2.0.0-beta.0", v17},
		{"containerd://2.0.0-rc.0", v17},
		{"containerd://2.0.0-rc.1", all},
		{"containerd://2.0.0~rc.3", all},
		{"containerd://2.0.0", all},
		{"containerd://v2.1.1", all},
		{"containerd://2.1.4-k3s1.windows", all},
		{"containerd://2.4.0-beta.0", all},
		{"containerd://10.0", all},
		{"docker://20.10.9", none},
		{"cri-o://1.28.1", none},
		{"docker://Unknown", none},
	} {
		r, err := volumes.ParseRuntime(test.text)
		if err != nil {
			t.Errorf("%s: %v", test.text, err)
			continue
		}
		if got := r.String(); got != test.text {
			t.Errorf("%s: String is %q", test.text, got)
		}
		dir, err := r.WorkingDir(volumes.ModeBind, `C:\hpc`, "")
		if (err == nil) != (r.SupportsHostProcess() || test.text == "containerd://1.5.18") {
			t.Errorf("%s: default working directory: %v", test.text, err)
		}
		got := facts{r.Mode(server2022), r.SupportsHostProcess(), r.LocalGroups(), r.ExpandsEnvValues(),
			r.EnforcesReadOnly(volumes.ModeBind), dir == `C:\hpc`, r.PortForward()}
		if got != test.want {
			t.Errorf("%s: got %+v, want %+v", test.text, got, test.want)
		}
		for _, mode := range []volumes.Mode{volumes.ModeUnknown, volumes.ModeSymlink16, volumes.ModeSymlinkHPC} {
			if r.EnforcesReadOnly(mode) {
				t.Errorf("%s: read-only is enforced in mode %s", test.text, mode)
			}
		}
		if again, _ := volumes.ParseRuntime(test.text); again != r {
			t.Errorf("%s: parsed twice, the runtimes differ", test.text)
		}
	}
}

func TestNumberedGroups(t *testing.T) {
	for _, test := range []struct {
		runtimes string
		want     bool
	}{
		{"1.6.0 1.6.37 1.6.38 1.6.39 1.7.0 1.7.26 1.7.32 1.7.35 2.0.0 2.0.3 2.0.9 2.0.14 2.1.0-rc.1 2.1.8 2.2.4 2.2.99 2.3.0-rc.0 2.3.1 2.3.4 2.4.0 2.4.2 2.5.0", false},
		{"1.7.27 1.7.27+azure 1.7.31 2.0.4 2.0.8 2.1.0 2.1.4-k3s1.windows 2.1.7 2.2.0 2.2.3 2.3.0", true},
	} {
		for version := range strings.FieldsSeq(test.runtimes) {
			if got := mustParseRuntime(t, "containerd://"+version).NumberedGroups(); got != test.want {
				t.Errorf("%s: %t, want %t", version, got, test.want)
			}
		}
	}
}

func TestKeepsOutput(t *testing.T) {
	for version, want := range map[string]bool{"1.6.39": false, "1.7.35": false, "2.0.0-rc.1": false, "2.0.0": true, "2.4.2": true} {
		if got := mustParseRuntime(t, "containerd://"+version).KeepsOutput(); got != want {
			t.Errorf("%s: %t, want %t", version, got, want)
		}
	}
	if mustParseRuntime(t, "docker://20.10.9").KeepsOutput() {
		t.Error("docker keeps the output of HostProcess containers, which it can't run")
	}
}

func TestRuntimeMode(t *testing.T) {
	for _, test := range []struct {
		runtime string
		build   volumes.WindowsBuild
		want    volumes.Mode
	}{
		{"containerd://1.6.8", volumes.WindowsBuild{}, volumes.ModeSymlink16},
		{"containerd://1.6.8", unpatched, volumes.ModeSymlink16},
		{"containerd://1.6.39", server2022, volumes.ModeSymlink16},
		{"containerd://1.7.0", server2019, volumes.ModeBind},
		{"containerd://1.7.0", volumes.WindowsBuild{Build: 17763, Revision: 3165}, volumes.ModeBind}, // the update of July 2022
		{"containerd://1.7.0", volumes.WindowsBuild{Build: 17763, Revision: 3164}, volumes.ModeSymlinkHPC},
		{"containerd://2.1.1", unpatched, volumes.ModeSymlinkHPC},
		{"containerd://1.7.0", volumes.WindowsBuild{Build: 17763}, volumes.ModeSymlinkHPC}, // not known to be patched
		{"containerd://1.7.0", volumes.WindowsBuild{Build: 19041}, volumes.ModeBind},
		{"containerd://1.7.0", volumes.WindowsBuild{Build: 25398}, volumes.ModeBind},
		{"containerd://2.1.1", volumes.WindowsBuild{Build: 26100}, volumes.ModeBind},
		{"containerd://1.7.0", volumes.WindowsBuild{Build: 18363}, volumes.ModeUnknown},
		{"containerd://1.7.0", volumes.WindowsBuild{Build: 14393}, volumes.ModeUnknown},
		{"containerd://1.7.0", volumes.WindowsBuild{}, volumes.ModeUnknown},
		{"docker://20.10.9", server2022, volumes.ModeUnknown},
		{"containerd://1.5.0", server2022, volumes.ModeUnknown},
	} {
		r, err := volumes.ParseRuntime(test.runtime)
		if err != nil {
			t.Fatal(err)
		}
		if got := r.Mode(test.build); got != test.want {
			t.Errorf("%s on %s: got %s, want %s", test.runtime, test.build, got, test.want)
		}
	}
}

func TestParseRuntimeErrors(t *testing.T) {
	for _, s := range []string{
		"", "containerd", "containerd:", "containerd://", "://1.7.0", "1.7.0", "containerd:/1.7.0",
		"containerd://v", "containerd://1", "containerd://1.", "containerd://x.y", "containerd://-1.7", "containerd://1.7x",
		"containerd://1.7.0x", "containerd://1.7.0 ", "containerd://1 .7", "containerd://1.7.0\n", "containerd://1.7é",
		"containerd://99999999999.7.0", "containerd://4294967296.0", "containerd://1.99999999999", "containerd://Unknown", "docker://", "docker:// ",
	} {
		r, err := volumes.ParseRuntime(s)
		if err == nil {
			t.Errorf("ParseRuntime(%q): got %v", s, err)
		}
		if r != (volumes.Runtime{}) {
			t.Errorf("ParseRuntime(%q) returns %q with an error", s, r)
		}
	}
}

func TestZeroRuntime(t *testing.T) {
	var r volumes.Runtime
	if r.String() != "" || r.Mode(server2022) != volumes.ModeUnknown || r.SupportsHostProcess() || r.LocalGroups() ||
		r.ExpandsEnvValues() || r.EnforcesReadOnly(volumes.ModeBind) || r.PortForward() || r.NumberedGroups() || r.KeepsOutput() {
		t.Error("the zero Runtime can do something")
	}
}

func FuzzParseRuntime(f *testing.F) {
	f.Add("containerd://1.6.8")         // a release
	f.Add("containerd://1.7.0-beta.3")  // a pre-release
	f.Add("containerd://1.7.13+azure")  // a distribution's build
	f.Add("containerd://v2.1.1")        // with a v
	f.Add("containerd://1.7.0-k3s1")    // not a pre-release of containerd
	f.Add("containerd://1.6.20~ds1")    // Debian's
	f.Add("docker://20.10.9")           // another runtime
	f.Add("containerd://999999999.0.0") // the largest number
	f.Fuzz(func(t *testing.T, s string) {
		r, err := volumes.ParseRuntime(s)
		if err != nil {
			if r != (volumes.Runtime{}) {
				t.Fatalf("%q: %q with an error", s, r)
			}
			return
		}
		if r.String() != s {
			t.Fatalf("%q: String is %q", s, r)
		}
		if r.LocalGroups() && !r.ExpandsEnvValues() || r.ExpandsEnvValues() && !r.SupportsHostProcess() ||
			r.PortForward() && !r.EnforcesReadOnly(volumes.ModeBind) {
			t.Fatalf("%q: a later ability without an earlier one", s)
		}
	})
}
