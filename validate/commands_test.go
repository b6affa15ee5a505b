// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/utils/ptr"

	"github.com/hostprocess-go/sdk/internal/cmdline"
	"github.com/hostprocess-go/sdk/volumes"
)

func TestTextTraits(t *testing.T) {
	for word, want := range map[string]traits{
		"":                     0,
		"agent.exe":            0,
		"--listen=:9100,trace": 0,
		"a\nb":                 hasNewline | hasControl,
		"\"c\"":                0,
		`%CONTAINER_SANDBOX_MOUNT_POINT%\etc\agent.yaml`:                      hasToken,
		`--config=$env:CONTAINER_SANDBOX_MOUNT_POINT/etc/a b`:                 hasToken | hasSandboxName,
		`%CONTAINER_SANDBOX_MOUNT_POINT%;%CONTAINER_SANDBOX_MOUNT_POINT%\bin`: hasToken,
		`%CONTAINER_SANDBOX_MOUNT_POINT%etc`:                                  hasToken | hasReference,
		`$env:CONTAINER_SANDBOX_MOUNT_POINT.x`:                                hasToken | hasReference,
		`$env:CONTAINER_SANDBOX_MOUNT_POINT.`:                                 hasToken,
		`%CONTAINER_SANDBOX_MOUNT_POINT%\x %PATH%`:                            hasToken | hasReference,
		`%container_sandbox_mount_point%`:                                     hasReference,
		"$env:CONTAINER_SANDBOX_MOUNT_POINT_X":                                hasToken | hasReference,
		"$(CSI_ENDPOINT)":                                                     hasReference,
		"a|b":                                                                 hasMetacharacter,
		"a&b":                                                                 hasMetacharacter,
		"a<b":                                                                 hasMetacharacter,
		"a>b":                                                                 hasMetacharacter,
		"a^b":                                                                 hasMetacharacter,
		"/etc/agent":                                                          hasAbsolutePath,
		`--config=C:\etc\agent`:                                               hasAbsolutePath,
		"unix:///csi/csi.sock":                                                hasAbsolutePath,
		"etc/agent":                                                           0,
		"./agent":                                                             hasRelativePath,
		`cd x; ..\agent`:                                                      hasRelativePath,
		"a./b":                                                                0,
		"$x = '/etc'":                                                         hasReference | hasAbsolutePath,
		"kubectl get pods":                                                    hasKube,
		`a\KUBEconfig`:                                                        hasKube,
		"kub ekube":                                                           hasKube,
		"kubkub":                                                              0,
		"&kube":                                                               hasMetacharacter | hasKube,
		"%CONTAINER_SANDBOX_MOUNT_POINT%kube":                                 hasToken | hasReference | hasKube,
		`CONTAINER_SANDBOX_MOUNT_POINT\a`:                                     hasSandboxName,
		`env:CONTAINER_SANDBOX_MOUNT_POINT/a`:                                 hasSandboxName,
		`CONTAINER_SANDBOX_MOUNT_POINT%\a`:                                    hasReference,
		"C:\temp":                                                             hasControl,
		"a\x08ckup":                                                           hasControl,
		"a\u00a0b":                                                            hasControl,
		"{{ .Values.x }}":                                                     hasBraces,
		"{ {a}":                                                               0,
	} {
		if got := textTraits(word); got != want {
			t.Errorf("textTraits(%q) is %b, want %b", word, got, want)
		}
	}
}

func TestLineTraits(t *testing.T) {
	for _, test := range []struct {
		command, args []string
		want          traits
	}{
		{nil, nil, 0},
		{nil, []string{"--verbose"}, hasHostProgram},
		{nil, []string{"powershell", "a"}, hasHostProgram},
		{[]string{"agent.exe"}, nil, hasHostProgram},
		{[]string{""}, nil, hasHostProgram},
		{[]string{cmdline.CmdToken + `\agent.exe`}, []string{"--verbose"}, hasToken},
		{[]string{cmdline.PowerShellToken + `/bin/agent.exe`, "a"}, nil, hasToken | hasSandboxName},
		{[]string{cmdline.CmdToken + `\agent`}, nil, hasToken | hasHostProgram},
		{[]string{cmdline.CmdToken + `\my agent.exe`}, nil, hasToken | hasHostProgram},
		{[]string{cmdline.CmdToken + `\agent.exe --x.exe`}, nil, hasToken | hasHostProgram},
		{[]string{cmdline.CmdToken + `\pwsh.exe`, "-c", "x"}, nil, hasToken | hasHostProgram},
		{[]string{cmdline.CmdToken + `\PowerShell.exe`, "x"}, nil, hasToken | hasHostProgram},
		{[]string{cmdline.CmdToken + `\cmd.exe`, "-c", "x"}, nil, hasToken | hasHostProgram},
		{[]string{"a\n", "x|y"}, []string{"$(A)", "/etc", `.\x`, "kube"}, hasHostProgram | hasNewline | hasControl | hasMetacharacter | hasReference | hasAbsolutePath | hasRelativePath | hasKube},
	} {
		if got := lineTraits(cmdline.Line{Command: test.command, Args: test.args}); got != test.want {
			t.Errorf("%q and %q have %b, want %b", test.command, test.args, got, test.want)
		}
	}
}

func TestEnvTraits(t *testing.T) {
	for _, test := range []struct {
		env  []string
		want traits
	}{
		{nil, 0},
		{[]string{"LEVEL=info", "SERVER=example.com:8443", "ITEMS=a,b;c=d", "MEM=10Mi", "PROTO=unix", "DIR=etc/agent", `DIR_2=etc\agent`, "LEVEL=x"}, 0},
		{[]string{"EMPTY="}, hasOddVariable},
		{[]string{"DIR=/etc"}, hasAbsolutePath},
		{[]string{"A=x", "DIR=%x%"}, hasReference},
		{[]string{"DIR=$x", "A=x"}, hasReference},
		{[]string{"LEVEL=x", "level=y"}, hasOddVariable},
		{[]string{"LEVELa=x"}, hasOddVariable},
		{[]string{"zLEVEL=x"}, hasOddVariable},
		{[]string{"É=x"}, hasOddVariable},
		{[]string{"[`{@=x"}, hasOddVariable},
		{[]string{" LEVEL=x"}, hasOddVariable},
		{[]string{"PATH=x"}, hasKnownName},
		{[]string{"path=x"}, hasKnownName | hasOddVariable},
		{[]string{volumes.SandboxVariable + "=x"}, hasKnownName},
		{[]string{"DIR=" + cmdline.CmdToken + `\x`}, hasToken},
		{[]string{"DIR=/etc", "dir=%x%"}, hasAbsolutePath | hasReference | hasOddVariable},
	} {
		var got traits
		for _, assignment := range test.env {
			name, value, _ := strings.Cut(assignment, "=")
			got |= envTraits(&corev1.EnvVar{Name: name, Value: value})
		}
		if got != test.want {
			t.Errorf("%q have %b, want %b", test.env, got, test.want)
		}
	}
}

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
			got = append(got, line.Word(0))
			if len(got) == end+1 {
				break
			}
		}
		if diff := cmp.Diff(all[:end+1], got); diff != "" {
			t.Errorf("lines (-want +got):\n%s", diff)
		}
	}
}

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

func TestFineLinesAllocateNothing(t *testing.T) {
	words := []string{
		"powershell.exe", "-NoProfile", "-Command",
		`$ns = Get-Content ${env:CONTAINER_SANDBOX_MOUNT_POINT}\ns; New-Item -Path "C:\k\agent" -Force | Out-Null; ` +
			`Start-Process $env:CONTAINER_SANDBOX_MOUNT_POINT\agent.exe --config=$(CONFIG),C:\var\lib\agent 2> $null` + "\n",
	}
	p := commandPod(words, "https://example.com/$(NAME)?a=50%", `C:\data`)
	p.Spec.Containers[0].Args, p.Spec.Containers[1].Args = nil, nil
	v := Validator{Targets: []Target{NewTarget(volumes.Runtime{}, volumes.ModeSymlink16), NewTarget(volumes.Runtime{}, volumes.ModeBind), NewTarget(volumes.Runtime{}, volumes.ModeSymlinkHPC)}, Ignore: []RuleID{"os-missing"}}
	const all = hasMetacharacter | hasReference | hasAbsolutePath | hasHostProgram
	if line := (cmdline.Line{Command: words}); lineTraits(line)&all != all {
		t.Errorf("%q have only %b: the test shows little", words, lineTraits(line))
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
				for _, group := range commandRules.groups {
					for _, rule := range group.rules {
						rule.check(one, c, line)
					}
				}
			}
		}
	}); n != 0 {
		t.Errorf("looking at fine lines allocates %v times", n)
	}
}

func TestEncodedLinesAreQuiet(t *testing.T) {
	pieces := []string{
		"", " ", "\t", `"`, `\`, "&", "|", "<", ">", "(", ")", "^", "%", "$", "$(", "=", "'", "a", "--b=", "c d",
		"%CONTAINER_SANDBOX_MOUNT_POINT%", "$env:CONTAINER_SANDBOX_MOUNT_POINT/", "ä", "\n", "/", ".",
	}
	programs := []string{"a.exe", `C:\tools\b.exe`, `C:\my tools\c d.exe`, `%CONTAINER_SANDBOX_MOUNT_POINT%\a b.exe`}
	r := rand.New(rand.NewPCG(1, 2))
	quiet := 0
	for range 100_000 {
		args := make([]string, r.IntN(4))
		for i := range args {
			for range r.IntN(6) {
				args[i] += pieces[r.IntN(len(pieces))]
			}
		}
		nodes := cmdline.Nodes{Shell: r.IntN(3) > 0}
		nodes.Direct = !nodes.Shell || r.IntN(2) == 0
		words, err := cmdline.Encode(programs[r.IntN(len(programs))], args, nodes)
		if err != nil {
			continue
		}
		p := pod{spec: &corev1.PodSpec{}}
		if nodes.Shell {
			p.nodes |= bindMounts
		}
		if nodes.Direct {
			p.nodes |= symlinkMounts
		}
		c := command{Line: cmdline.Line{Command: words}}
		for _, rule := range []*rule[commandCheck]{&commandLength, &commandMetacharacter, &commandNewline, &commandProgram, &commandQuotes} {
			if problems := rule.check(p, container{Container: &corev1.Container{}}, c); (rule.when == 0 || rule.when&p.nodes != 0) && problems != nil {
				t.Fatalf("%s reports %q on %+v: %v", rule.ID, words, nodes, problems)
			}
		}
		quiet++
	}
	if quiet < 20_000 {
		t.Errorf("only %d lines could be written: the test shows little", quiet)
	}
}

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
		v := Validator{Targets: []Target{NewTarget(volumes.Runtime{}, volumes.ModeSymlink16), NewTarget(volumes.Runtime{}, volumes.ModeBind), NewTarget(volumes.Runtime{}, volumes.ModeSymlinkHPC)}}
		first := v.Pod(p)
		if diff := cmp.Diff(first, v.Pod(p)); diff != "" {
			t.Errorf("the second run differs:\n%s", diff)
		}
		all, err := v.ObjectAssuming(p, ^uint64(0), 0)
		if diff := cmp.Diff(all, first); diff != "" || err != nil {
			t.Errorf("a rule was skipped that has something to say: %v\n%s", err, diff)
		}
		for _, one := range first {
			if one.Message == "" || one.Fix == "" || !strings.HasPrefix(one.Field, "spec") {
				t.Errorf("%#v isn't whole", one)
			}
		}
	})
}

// FuzzEnvTraits checks that no rule about variables is skipped that would report
// something.
func FuzzEnvTraits(f *testing.F) {
	f.Add("LOG_LEVEL=info NODE=windows-1", "/etc/agent")
	f.Add("PATH=bin Path=C:/bin", "/etc/agent")                        // replaced
	f.Add("EMPTY= A", "/etc/agent")                                    // no value, or another source
	f.Add("A=1 a=2 B=3", "/etc/agent")                                 // alike
	f.Add("CONTAINER_SANDBOX_MOUNT_POINT=x", "/etc/agent")             // the runtime's own
	f.Add("CONFIG=/etc/agent/x TOKEN=/var/run/secrets", "/etc/agent")  // at a mountPath
	f.Add("X=%CONTAINER_SANDBOX_MOUNT_POINT%\\x Y=$env:TEMP", "/data") // references
	f.Add("ROOT=C:\\hpc\\x URL=http://host/etc/agent", "/etc/agent")   // a literal root
	targets := []Target{NewTarget(volumes.Runtime{}, 1), NewTarget(volumes.Runtime{}, 2), NewTarget(volumes.Runtime{}, 3)}
	if old, err := ParseTarget("1.6.5"); err == nil {
		targets = append(targets, old)
	}
	f.Fuzz(func(t *testing.T, env, mountPath string) {
		p := commandPod(nil, "", mountPath)
		c := &p.Spec.Containers[0]
		c.Env = nil
		for _, assignment := range strings.Split(env, " ") {
			name, value, ok := strings.Cut(assignment, "=")
			e := corev1.EnvVar{Name: name, Value: value}
			if !ok {
				e.ValueFrom = &corev1.EnvVarSource{}
			}
			c.Env = append(c.Env, e)
		}
		v := Validator{Targets: targets}
		all, err := v.ObjectAssuming(p, ^uint64(0), 0)
		if diff := cmp.Diff(all, v.Pod(p)); diff != "" || err != nil {
			t.Errorf("a rule was skipped that has something to say: %v\n%s", err, diff)
		}
	})
}
