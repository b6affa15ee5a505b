// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/utils/ptr"

	"github.com/hostprocess-go/sdk/volumes"
)

func TestSpecial(t *testing.T) {
	for word, want := range map[string]special{
		"":                     0,
		"agent.exe":            0,
		"--listen=:9100,trace": 0,
		`%CONTAINER_SANDBOX_MOUNT_POINT%\etc\agent.yaml`:      0,
		`--config=$env:CONTAINER_SANDBOX_MOUNT_POINT/etc/a b`: 0,
		`%CONTAINER_SANDBOX_MOUNT_POINT%etc`:                  percent,
		`%CONTAINER_SANDBOX_MOUNT_POINT%\x %PATH%`:            percent,
		`%container_sandbox_mount_point%`:                     percent,
		"$env:CONTAINER_SANDBOX_MOUNT_POINT_X":                dollar,
		"$(CSI_ENDPOINT)":                                     dollar,
		"a\nb":                                                newline,
		"a|b":                                                 meta,
		`a"b`:                                                 quote,
		"/etc/agent":                                          absolute,
		`--config=C:\etc\agent`:                               absolute,
		"unix:///csi/csi.sock":                                absolute,
		"etc/agent":                                           0,
		"./agent":                                             relative,
		`cd x; ..\agent`:                                      relative,
		"a./b":                                                0,
		"$x = '/etc'":                                         dollar | absolute,
	} {
		if got := specialIn(word); got != want {
			t.Errorf("specialIn(%q) is %b, want %b", word, got, want)
		}
	}
}

func TestSpecialOfALine(t *testing.T) {
	words := func(n int, word string) []string { return slices.Repeat([]string{word}, n) }
	for _, test := range []struct {
		words, args []string
		want        special // of program and long
	}{
		{nil, nil, 0},
		{nil, []string{"--verbose"}, program},
		{[]string{"agent.exe"}, nil, program},
		{[]string{cmdToken + `\agent.exe`}, []string{"--verbose"}, 0},
		{words(cmdLimit/3+1, ""), nil, program | long}, // a pair of quotes and a space each
		{words(cmdLimit/4, "a"), nil, program | long},  // may be long
		{words(cmdLimit/6, "a"), nil, program},
	} {
		if got := commandOf("", test.words, test.args).special & (program | long); got != test.want {
			t.Errorf("%d words and %d args are %b, want %b", len(test.words), len(test.args), got, test.want)
		}
	}
}

// Every line of a container is looked at, and none after the one that ends the
// search.
func TestLines(t *testing.T) {
	exec := func(name string) *corev1.ExecAction { return &corev1.ExecAction{Command: []string{name}} }
	probe := func(name string) *corev1.Probe {
		return &corev1.Probe{ProbeHandler: corev1.ProbeHandler{Exec: exec(name)}}
	}
	c := container{Container: &corev1.Container{
		Args: []string{"args"}, LivenessProbe: probe("liveness"), ReadinessProbe: probe("readiness"), StartupProbe: probe("startup"),
		Lifecycle: &corev1.Lifecycle{PostStart: &corev1.LifecycleHandler{Exec: exec("start")}, PreStop: &corev1.LifecycleHandler{Exec: exec("stop")}},
	}}
	all := []string{"args", "liveness", "readiness", "startup", "start", "stop"}
	for end := range all {
		var got []string
		for line := range c.commands {
			got = append(got, line.word(0))
			if len(got) == end+1 {
				break
			}
		}
		if diff := cmp.Diff(all[:end+1], got); diff != "" {
			t.Errorf("lines (-want +got):\n%s", diff)
		}
	}
}

func TestAbsolutePaths(t *testing.T) {
	for word, want := range map[string][]string{
		"/etc/agent":                             {"/etc/agent"},
		`C:\etc\agent`:                           {`C:\etc\agent`},
		`--config=c:/etc/agent,/var/x`:           {"c:/etc/agent,", "/var/x"},
		"unix:///csi/csi.sock":                   {"///csi/csi.sock"},
		"/a,/b":                                  {"/a,", "/b"},
		`unix://C:\csi\csi.sock`:                 {`C:\csi\csi.sock`},
		"https://host/etc/agent":                 nil,
		`\\server\share`:                         nil,
		`\\.\pipe\docker`:                        nil,
		"etc/agent ./x ../y":                     nil,
		"$(DIR)/x %DIR%/y $env:DIR/z":            nil,
		`%CONTAINER_SANDBOX_MOUNT_POINT%/etc /x`: {"/x"},
	} {
		var got []string
		for path := range text(word).absolutePaths {
			got = append(got, path)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("paths of %q (-want +got):\n%s", word, diff)
		}
	}
}

func TestBelow(t *testing.T) {
	for _, test := range []struct {
		text, dir string
		want      bool
	}{
		{"/etc/agent", "/etc/agent", true},
		{`C:\ETC\\agent\x.yaml --verbose`, "etc/agent/", true},
		{"/etc/agent;", "/etc/agent", true},
		{"/etc/agent.yaml", "/etc/agent", false},
		{"/etc/agent-2/x", "/etc/agent", false},
		{"/etc", "/etc/agent", false},
		{`D:\data`, "/data", false},
		{`d:\data`, "D:/data", true},
		{"/anything", "/", false},
		{"", "", false},
		{"/Z/A", "/z/a", true},
		{"/a_", "/a\x7f", false},
		{"/[", "/{", false},
	} {
		if got := below(test.text, test.dir); got != test.want {
			t.Errorf("below(%q, %q) is %t", test.text, test.dir, got)
		}
	}
}

// TestMountIndex compares the two ways of finding a mount.
func TestMountIndex(t *testing.T) {
	var c container
	c.Container = &corev1.Container{}
	for i := range 2 * few {
		c.VolumeMounts = append(c.VolumeMounts, corev1.VolumeMount{MountPath: fmt.Sprintf(`C:\data\%d`, i)})
	}
	c.VolumeMounts = append(c.VolumeMounts, corev1.VolumeMount{MountPath: "/data"}, corev1.VolumeMount{MountPath: "/"})
	many, one := newMountIndex(c), mountIndex{mounts: c.VolumeMounts}
	if many.byHash == nil {
		t.Fatal("the index of many mounts isn't one")
	}
	for text, want := range map[string]int{
		"/data/7/x.yaml": 7, `c:\DATA\\63\ `: 63, "/data/64": 2 * few, "/data": 2 * few, "/dat": -1, "/data.old/7": -1, "": -1,
	} {
		if a, b := many.find(text), one.find(text); a != want || b != want {
			t.Errorf("%q is in mount %d by hash and %d one by one, want %d", text, a, b, want)
		}
	}
	inner := mountIndex{mounts: []corev1.VolumeMount{{MountPath: "/a/b"}, {MountPath: "/a"}}}
	if got := inner.find("/a/b/x"); got != 0 {
		t.Errorf("of nested mounts, the path is in %d", got)
	}
	if !same("/a/", `C:\A`) || same("/a", "/a/b") || same("/a/b", "/a") {
		t.Error("same")
	}
}

func TestBadSandbox(t *testing.T) {
	env := variables{env: []corev1.EnvVar{{Name: "REST", Value: `etc\x`}, {Name: "ROOTED", Value: `\etc\x`}, {Name: volumes.SandboxVariable, Value: "x"}}}
	env.byName = newIndex(len(env.env), env.name)
	for _, test := range []struct {
		text  string
		by    shell
		want  string
		first bool
	}{
		{`%CONTAINER_SANDBOX_MOUNT_POINT%\x $env:CONTAINER_SANDBOX_MOUNT_POINT/x`, noShell, "", false},
		{`"$env:CONTAINER_SANDBOX_MOUNT_POINT"`, noShell, "", false},
		{"CONTAINER_SANDBOX_MOUNT_POINT=x", noShell, "", false},
		{"%container_sandbox_mount_point%", noShell, "%container_sandbox_mount_point%", false},
		{"%container_sandbox_mount_point%", cmdShell, "", false},
		{"%CONTAINER_SANDBOX_MOUNTPOINT%", cmdShell, "%CONTAINER_SANDBOX_MOUNTPOINT%", false},
		{"%CONTAINER_SANDBOX_MOUNT_POINT", noShell, "%CONTAINER_SANDBOX_MOUNT_POINT", false},
		{"$Env:CONTAINER_SANDBOX_MOUNT_POINT", noShell, "$Env:CONTAINER_SANDBOX_MOUNT_POINT", false},
		{"$Env:CONTAINER_SANDBOX_MOUNT_POINT", powerShell, "", false},
		{"${env:CONTAINER_SANDBOX_MOUNT_POINT}", powerShell, "", false},
		{"${env:CONTAINER_SANDBOX_MOUNT_POINT}", unknownShell, "${env:CONTAINER_SANDBOX_MOUNT_POINT}", false},
		{"$Env:CONTAINER_SANDBOX_MOUNT", powerShell, "$Env:CONTAINER_SANDBOX_MOUNT", false},
		{"$CONTAINER_SANDBOX_MOUNT_POINT/x", powerShell, "$CONTAINER_SANDBOX_MOUNT_POINT", false},
		{"${CONTAINER_SANDBOX_MOUNT_POINT}", noShell, "${CONTAINER_SANDBOX_MOUNT_POINT}", false},
		// The container sets the variable by hand, and the kubelet replaces it.
		{"$(CONTAINER_SANDBOX_MOUNT_POINT)", noShell, "", false},
		{"$(CONTAINER_SANDBOX_MOUNTPOINT)", noShell, "$(CONTAINER_SANDBOX_MOUNTPOINT)", false},
		{"%CONTAINER_SANDBOX_MOUNT_POINT%etc", noShell, "%CONTAINER_SANDBOX_MOUNT_POINT%e", false},
		{"$env:CONTAINER_SANDBOX_MOUNT_POINT_X", powerShell, "$env:CONTAINER_SANDBOX_MOUNT_POINT_X", false},
		{`$env:CONTAINER_SANDBOX_MOUNT_POINT.TrimEnd('\')`, powerShell, "$env:CONTAINER_SANDBOX_MOUNT_POINT.", false},
		{`%CONTAINER_SANDBOX_MOUNT_POINT%..\x`, noShell, "", false},
		{"%CONTAINER_SANDBOX_MOUNT_POINT%$(REST)", noShell, "%CONTAINER_SANDBOX_MOUNT_POINT%$(REST)", false},
		{"%CONTAINER_SANDBOX_MOUNT_POINT%$(ROOTED)$(OTHER)", noShell, "", false},
		{`$Env:CONTAINER_SANDBOX_MOUNT_POINT\x.ps1`, powerShell, "$Env:CONTAINER_SANDBOX_MOUNT_POINT", true},
		{`& $Env:CONTAINER_SANDBOX_MOUNT_POINT\x.exe`, powerShell, "", true},
		{`$Env:CONTAINER_SANDBOX_MOUNT_POINT`, powerShell, "", true},
	} {
		if got, why := text(test.text).badSandbox(test.by, env, test.first); got != test.want || (why == "") != (got == "") {
			t.Errorf("%q: found %q (%s), want %q", test.text, got, why, test.want)
		}
	}
}

// commandPod is a pod whose one container has all the words, in each place that
// takes some.
func commandPod(words []string, value, mountPath string) *corev1.Pod {
	exec := &corev1.ExecAction{Command: words}
	return &corev1.Pod{Spec: corev1.PodSpec{
		HostNetwork:     true,
		SecurityContext: &corev1.PodSecurityContext{WindowsOptions: &corev1.WindowsSecurityContextOptions{HostProcess: ptr.To(true), RunAsUserName: ptr.To(`NT AUTHORITY\SYSTEM`)}},
		Containers: []corev1.Container{{
			Name: "agent", Command: words, Args: words,
			Env:           []corev1.EnvVar{{Name: "VALUE", Value: value}},
			VolumeMounts:  []corev1.VolumeMount{{Name: "data", MountPath: mountPath}},
			LivenessProbe: &corev1.Probe{ProbeHandler: corev1.ProbeHandler{Exec: exec}},
			Lifecycle:     &corev1.Lifecycle{PostStart: &corev1.LifecycleHandler{Exec: exec}, PreStop: &corev1.LifecycleHandler{Exec: exec}},
		}, {Name: "args", Args: words}},
		Volumes: []corev1.Volume{{Name: "data"}},
	}}
}

// TestFineLinesAllocateNothing holds that looking twice is for free too, as long
// as nothing is found.
func TestFineLinesAllocateNothing(t *testing.T) {
	words := []string{
		"powershell.exe", "-NoProfile", "-Command",
		`$ns = Get-Content ${env:CONTAINER_SANDBOX_MOUNT_POINT}\ns; New-Item -Path "C:\k\agent" -Force | Out-Null; ` +
			`Start-Process $env:CONTAINER_SANDBOX_MOUNT_POINT\agent.exe --config=$(CONFIG),C:\var\lib\agent 2> $null` + "\n",
	}
	p := commandPod(words, "https://example.com/$(NAME)?a=50%", `C:\data`)
	p.Spec.Containers[0].Args, p.Spec.Containers[1].Args = nil, nil
	v := Validator{Targets: []Target{{Mode: volumes.Symlink16}, {Mode: volumes.Bind}, {Mode: volumes.SymlinkHPC}}, Disabled: []RuleID{"os-missing"}}
	for _, c := range p.Spec.Containers[:1] {
		if line := commandOf("", c.Command, nil); line.special&(newline|meta|dollar|quote|absolute|program) == 0 {
			t.Errorf("nothing is special about %q: the test shows nothing", c.Command)
		}
	}
	for _, f := range v.Pod(p) {
		if strings.HasPrefix(string(f.Rule), "command-") || strings.HasPrefix(string(f.Rule), "env-") {
			t.Errorf("found %v", f)
		}
	}
	one := v.engine(holder{}, nil, &p.Spec).pod
	if n := testing.AllocsPerRun(100, func() {
		for c := range one.containers {
			for line := range c.commands {
				for _, rule := range commandRules {
					rule.check(one, c, line)
				}
			}
		}
	}); n != 0 {
		t.Errorf("looking at fine lines allocates %v times", n)
	}
}

// FuzzCommandRules holds that no command line makes a rule panic or waver.
func FuzzCommandRules(f *testing.F) {
	f.Add("powershell\x00-c\x00cp $env:CONTAINER_SANDBOX_MOUNT_POINT\\var\\run\\secrets\\kubernetes.io\\serviceaccount\\token C:\\k", "/etc/agent/x", "/etc/agent")
	f.Add("\x00\x00\n", `C:\hpc\x`, "/")                           // empty words
	f.Add("/", "/", "")                                            // the shortest path
	f.Add("$env:CONTAINER_SANDBOX_MOUNT_POINT", "$(VALUE)", `C:`)  // tokens at the ends
	f.Add("%CONTAINER_SANDBOX_MOUNT_POINT%$(VALUE", "%%", "..")    // a reference that isn't closed
	f.Add("powershell\x00-File", "${env:CONTAINER_SANDBOX", `\\.`) // a flag without its value
	f.Add("powershell\x00$(\x00$env:CONTAINER_SANDBOX_MOUNT_POINT\\x)", "./", "a:b")
	f.Fuzz(func(t *testing.T, joined, value, mountPath string) {
		p := commandPod(strings.Split(joined, "\x00"), value, mountPath)
		v := Validator{Targets: []Target{{Mode: volumes.Symlink16}, {Mode: volumes.Bind}, {Mode: volumes.SymlinkHPC}}}
		first := v.Pod(p)
		if diff := cmp.Diff(first, v.Pod(p)); diff != "" {
			t.Errorf("the second run differs:\n%s", diff)
		}
		for _, one := range first {
			if one.Message == "" || one.Fix == "" || !strings.HasPrefix(one.Field, "spec") {
				t.Errorf("%#v isn't whole", one)
			}
		}
	})
}

// BenchmarkHugePod shows that the time grows linearly: compare ns/mount of the
// sizes. Every mount has a variable and a word that look like references to it.
func BenchmarkHugePod(b *testing.B) {
	v := Validator{Targets: []Target{{Mode: volumes.Symlink16}, {Mode: volumes.Bind}}}
	for _, n := range []int{100, 1_000, 10_000} {
		var c corev1.Container
		c.Command = []string{"powershell"}
		for i := range n {
			c.Command = append(c.Command, fmt.Sprintf(`--file=/data/%d/x "a | b" %%CONTAINER_SANDBOX_MOUNT_POINT%%$(V%d) .\x`, i, i))
			c.Env = append(c.Env, corev1.EnvVar{Name: fmt.Sprintf("V%d", i), Value: fmt.Sprintf("/data/%d/x", i)})
			c.VolumeMounts = append(c.VolumeMounts, corev1.VolumeMount{MountPath: fmt.Sprintf("/data/%d", i)})
		}
		p := commandPod(nil, "", "/x")
		p.Spec.Containers = []corev1.Container{c}
		b.Run(fmt.Sprintf("mounts=%d", n), func(b *testing.B) {
			for b.Loop() {
				v.Pod(p)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/mount")
		})
	}
}
