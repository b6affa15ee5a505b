// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package hostprocess_test

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/hostprocess-go/sdk/hostprocess"
	"github.com/hostprocess-go/sdk/internal/cmdline"
	"github.com/hostprocess-go/sdk/validate"
)

// powerShellRun is the script that powershell.exe runs, and its form.
type powerShellRun struct {
	// Form is block, variable or file: where the script is.
	Form string
	// Script is the text, or the path of the file.
	Script string
	// Stops says that an error ends the script, and that the exit code is that of
	// its last program.
	Stops bool
}

// powerShellRunOf reads what arrives at powershell.exe, by the models of the way to
// it: the command line, and the environment.
func powerShellRunOf(t testing.TB, c corev1.Container, words []string, route cmdline.Route) powerShellRun {
	t.Helper()
	args, err := route.Arguments(words)
	if err != nil {
		t.Fatalf("%q on %+v: %v", words, route, err)
	}
	want := []string{`C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe`, "-NoLogo", "-NoProfile", "-NonInteractive", "-ExecutionPolicy", "Bypass"}
	if len(args) != len(want)+2 || !slices.Equal(args[:len(want)], want) {
		t.Fatalf("runs %q", args)
	}
	flag, text := args[len(want)], args[len(want)+1]
	if flag == "-File" {
		return powerShellRun{Form: "file", Script: text}
	}
	if flag != "-Command" {
		t.Fatalf("runs %q", args)
	}
	inner, starts := strings.CutPrefix(text, "$ErrorActionPreference = 'Stop'; ")
	inner, ends := strings.CutSuffix(inner, "; exit $LASTEXITCODE")
	if starts != ends {
		t.Fatalf("runs %q", text)
	}
	for _, form := range [...]struct{ name, before, after string }{
		{"block", "& { ", " }"},
		{"variable", "& ([ScriptBlock]::Create($env:", "))"},
		{"file", "& '", "'"},
	} {
		if script, ok := strings.CutPrefix(inner, form.before); ok && strings.HasSuffix(script, form.after) {
			run := powerShellRun{form.name, strings.TrimSuffix(script, form.after), starts}
			if run.Form == "variable" {
				run.Script = environment(t, c, route)[run.Script]
			}
			return run
		}
	}
	t.Fatalf("runs %q", text)
	return powerShellRun{}
}

// environment returns the environment of a process of the container.
func environment(t testing.TB, c corev1.Container, route cmdline.Route) map[string]string {
	t.Helper()
	known := map[string]string{}
	var list []cmdline.Variable
	for _, v := range c.Env {
		known[v.Name] = cmdline.Expand(v.Value, known) // the kubelet does, wherever the command is
		list = append(list, cmdline.Variable{Name: v.Name, Value: known[v.Name]})
	}
	list, err := cmdline.Shim{Root: strings.TrimSuffix(route.Root, `\`) + `\`, Bind: route.Shell}.Env(list)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, v := range list {
		got[v.Name] = v.Value
	}
	return got
}

// asPowerShellReads is a script in which the variable of the root is spelled so that
// the runtime leaves it alone: case means nothing in its name.
func asPowerShellReads(script string) string {
	return strings.NewReplacer("$env:CONTAINER_SANDBOX_MOUNT_POINT", "$Env:CONTAINER_SANDBOX_MOUNT_POINT",
		"%CONTAINER_SANDBOX_MOUNT_POINT%", "%container_sandbox_mount_point%").Replace(script)
}

// scriptOf returns the script that a container runs in PowerShell.
func scriptOf(t testing.TB, c corev1.Container) string {
	t.Helper()
	return powerShellRunOf(t, c, c.Command, cmdline.Route{Expand: true, Root: `C:\hpc`, Shell: true}).Script
}

// Any script arrives unchanged, in each place and on each kind of node, and the manifest
// is the same for all of them.
func TestPowerShellArrives(t *testing.T) {
	for script, form := range map[string]string{
		"Restart-Service agent": "block",
		"exit 3":                "block",
		"param($a = 'd') Write-Output $a; return":          "block",
		`Get-Content "C:\a b" | Out-Null`:                  "block",
		"Write-Output $(hostname) $$(x) 'ä日本😀'":            "block",
		"$x = \"$env:CONTAINER_SANDBOX_MOUNT_POINT\\etc\"": "block",
		"Write-Host \"ä & 日本\" 😀\nexit 3 # %PATH% $(X)\n":  "variable",
		"a\r\nb":                        "variable",
		"a\tb":                          "variable",
		"a\x1ab":                        "variable",
		`Write-Output "a|b"`:            "variable", // cmd would need a caret
		`Write-Output "a & b"`:          "variable",
		"echo 100%":                     "variable",
		"icacls.exe C:\\a --% /grant x": "variable", // --% would take the brace
		"Get-Process # all of them":     "variable", // so would the comment
		"Get-Process `":                 "variable", // and the backtick
		"Get-Process `  ":               "variable",
		"using namespace System.IO; [Path]::GetTempPath()": "variable", // not in a block
		" Using module x":                                   "variable",
		"dir %CONTAINER_SANDBOX_MOUNT_POINT%":               "variable",
		"$env:CONTAINER_SANDBOX_MOUNT_POINT\n$(A) $$ $$(A)": "variable",
		"'" + strings.Repeat("x", 7900) + "'":               "block",
		"'" + strings.Repeat("x", 8200) + "'":               "variable",
		strings.Repeat("😀", 16000):                          "variable",
	} {
		command := hostprocess.PowerShell(script)
		var first []string
		for _, targets := range [][]validate.Target{onBind, onSymlink, onAll} {
			c := build(t, pod(other().WithEnv("A", "altered").WithCommand(command).
				WithStartupProbe(hostprocess.Exec(command)).WithPreStop(hostprocess.Exec(command))).For(targets...)).Containers[1]
			for _, route := range routes(targets) {
				route.Env = map[string]string{"A": "altered", "hostname": "altered"}
				for place, words := range map[string][]string{"command": c.Command, "probe": c.StartupProbe.Exec.Command, "hook": c.Lifecycle.PreStop.Exec.Command} {
					route.Expand = place != "hook"
					want := powerShellRun{form, asPowerShellReads(script), true}
					if diff := cmp.Diff(want, powerShellRunOf(t, c, words, route)); diff != "" {
						t.Errorf("%.80q in %s on %+v (-want +got)\n%s", script, place, route, diff)
					}
				}
			}
			if first == nil {
				first = c.Command
			}
			if !slices.Equal(first, c.Command) {
				t.Errorf("%.80q on %v is run by %q, and elsewhere by %q", script, targets, c.Command, first)
			}
			for _, finding := range (validate.Validator{Targets: targets}).PodSpec(build(t, pod(other().WithCommand(command)).For(targets...)), nil) {
				if strings.HasPrefix(string(finding.Rule), "env-") || strings.HasPrefix(string(finding.Rule), "command-") {
					t.Errorf("%.80q: %v", script, finding)
				}
			}
		}
	}
}

// Each script of a container has its own variable, equal scripts share one, and no
// variable of the caller is used.
func TestScriptVariables(t *testing.T) {
	first, second, third := hostprocess.PowerShell("a\n"), hostprocess.PowerShell("b\n"), hostprocess.PowerShell("c\n")
	c := build(t, pod(other().WithEnv("hostprocess_script_2", "mine").
		WithCommand(first).
		WithLivenessProbe(hostprocess.Exec(second)).
		WithReadinessProbe(hostprocess.Exec(first)).
		WithPreStop(hostprocess.Exec(third)))).Containers[1]
	want := []corev1.EnvVar{
		{Name: "hostprocess_script_2", Value: "mine"},
		{Name: "HOSTPROCESS_SCRIPT", Value: "a\n"},
		{Name: "HOSTPROCESS_SCRIPT_3", Value: "b\n"},
		{Name: "HOSTPROCESS_SCRIPT_4", Value: "c\n"},
	}
	if diff := cmp.Diff(want, c.Env); diff != "" {
		t.Errorf("variables (-want +got)\n%s", diff)
	}
	route := cmdline.Route{Expand: true, Root: `C:\hpc`, Shell: true}
	for words, script := range map[*[]string]string{&c.Command: "a\n", &c.LivenessProbe.Exec.Command: "b\n", &c.ReadinessProbe.Exec.Command: "a\n", &c.Lifecycle.PreStop.Exec.Command: "c\n"} {
		if got := powerShellRunOf(t, c, *words, route).Script; got != script {
			t.Errorf("runs %q, want %q", got, script)
		}
	}
}

// An Update replaces a script, and removes scripts that are no longer used.
func TestUpdateReplacesScripts(t *testing.T) {
	script := func(text string) hostprocess.Command { return hostprocess.PowerShell(text + "\n") }
	set, err := pod(other().WithCommand(script("command")).
		WithReadinessProbe(hostprocess.Exec(script("probe"))).
		WithPostStart(hostprocess.Exec(script("start"))).
		WithPreStop(hostprocess.Exec(script("stop")))).DaemonSet(metav1.ObjectMeta{Name: "agent"})
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		change func(hostprocess.Container) hostprocess.Container
		want   []string
	}{
		"nothing": {func(c hostprocess.Container) hostprocess.Container { return c.WithImage("image:2") },
			[]string{"HOSTPROCESS_SCRIPT=command\n", "HOSTPROCESS_SCRIPT_2=probe\n", "HOSTPROCESS_SCRIPT_3=start\n", "HOSTPROCESS_SCRIPT_4=stop\n"}},
		"command": {func(c hostprocess.Container) hostprocess.Container { return c.WithCommand(script("new")) },
			[]string{"HOSTPROCESS_SCRIPT_2=probe\n", "HOSTPROCESS_SCRIPT_3=start\n", "HOSTPROCESS_SCRIPT_4=stop\n", "HOSTPROCESS_SCRIPT=new\n"}},
		"probe": {func(c hostprocess.Container) hostprocess.Container {
			return c.WithReadinessProbe(hostprocess.TCPSocket(80))
		}, []string{"HOSTPROCESS_SCRIPT=command\n", "HOSTPROCESS_SCRIPT_3=start\n", "HOSTPROCESS_SCRIPT_4=stop\n"}},
		"hooks": {func(c hostprocess.Container) hostprocess.Container {
			return c.WithPreStop(hostprocess.Exec(hostprocess.PathProgram("a.exe"))).WithPostStart(hostprocess.Exec(script("stop")))
		}, []string{"HOSTPROCESS_SCRIPT=command\n", "HOSTPROCESS_SCRIPT_2=probe\n", "HOSTPROCESS_SCRIPT_3=stop\n"}},
	} {
		updated, err := hostprocess.Update(set, func(p hostprocess.Pod) hostprocess.Pod { return p.EditContainer("other", test.change) })
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, v := range updated.Spec.Template.Spec.Containers[1].Env {
			got = append(got, v.Name+"="+v.Value)
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", name, diff)
		}
	}
}

// The script that args run, and a variable that only looks like one with a script, are
// kept.
func TestUpdateKeepsOtherVariables(t *testing.T) {
	env := []corev1.EnvVar{{Name: "HOSTPROCESS_SCRIPT", Value: "a"}, {Name: "HOSTPROCESS_SCRIPT_2", Value: "b"}, {Name: "HOSTPROCESS_SCRIPTS", Value: "c"}}
	spec := build(t, pod(other()))
	spec.Containers[1].Args = []string{"& ([ScriptBlock]::Create($env:HOSTPROCESS_SCRIPT_2))"}
	spec.Containers[1].Env = env
	spec.Containers[1].LivenessProbe = &corev1.Probe{ProbeHandler: corev1.ProbeHandler{Exec: &corev1.ExecAction{Command: []string{"a.exe"}}}}
	updated, err := hostprocess.Update(spec, func(p hostprocess.Pod) hostprocess.Pod {
		return p.EditContainer("other", func(c hostprocess.Container) hostprocess.Container {
			return c.WithLivenessProbe(hostprocess.TCPSocket(80))
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(env[1:], updated.Containers[1].Env); diff != "" {
		t.Errorf("variables (-want +got)\n%s", diff)
	}
	if len(spec.Containers[1].Env) != 3 || spec.Containers[1].Env[0].Value != "a" {
		t.Errorf("the input was changed: %v", spec.Containers[1].Env)
	}
}

// exitCase is the recorded result of a script for each form in which PowerShell gets it:
// the exit code, and whether stderr has XML. The records were made with PowerShell 7.6,
// on Linux.
type exitCase struct {
	Name, Script string
	Forms        map[string]struct {
		Exit int
		XML  bool
	}
}

func exitCases(t *testing.T) map[string]exitCase {
	t.Helper()
	text, err := os.ReadFile("testdata/powershell-exits.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	cases := map[string]exitCase{}
	for line := range strings.Lines(string(text)) {
		var c exitCase
		if err := json.Unmarshal([]byte(line), &c); err != nil {
			t.Fatal(err)
		}
		cases[c.Name] = c
	}
	if len(cases) != 33 {
		t.Fatalf("%d records", len(cases))
	}
	return cases
}

// recordedForm returns the form of the records that the builder uses for a script. A
// block is the same for PowerShell as a script block that was created from a text.
func recordedForm(t *testing.T, c corev1.Container, bare bool) string {
	t.Helper()
	run := powerShellRunOf(t, c, c.Command, cmdline.Route{Expand: true, Root: `C:\hpc`, Shell: true})
	if run.Stops == bare {
		t.Errorf("bare is %t, and the errors of %q stop it: %t", bare, run.Script, run.Stops)
	}
	return map[string]string{"block": "scriptBlock", "variable": "scriptBlock", "file": "file"}[run.Form]
}

// The recorded exit codes don't depend on which of the builder's forms a script has,
// and its errors are text.
func TestBareExitCodes(t *testing.T) {
	differs, xml := 0, 0
	for name, record := range exitCases(t) {
		text := build(t, pod(other().WithCommand(hostprocess.PowerShell(record.Script).Bare()))).Containers[1]
		file := build(t, pod(other().WithCommand(hostprocess.PowerShellFile("a", "b.ps1", record.Script).Bare()))).Containers[1]
		inText, inFile := record.Forms[recordedForm(t, text, true)], record.Forms[recordedForm(t, file, true)]
		if inText != inFile || inText.XML {
			t.Errorf("%s: PowerShell ends with %+v, PowerShellFile with %+v", name, inText, inFile)
		}
		if record.Forms["command"].Exit != inText.Exit {
			differs++
		}
		if record.Forms["encodedCommand"].XML {
			xml++
		}
	}
	if differs == 0 || xml == 0 {
		t.Error("the records don't distinguish the forms")
	}
}

// What the builder puts around a script is what makes the recorded failures fail:
// each of these scripts ends with another code as it is than with the lines that
// another record has besides.
func TestExitCodes(t *testing.T) {
	cases := exitCases(t)
	for _, test := range []struct{ bare, with string }{
		{"native-last", "exit-lastexitcode"}, // a program that fails at the end
	} {
		bare, with := cases[test.bare], cases[test.with]
		for _, command := range []hostprocess.Command{hostprocess.PowerShell(bare.Script), hostprocess.PowerShellFile("a", "b.ps1", bare.Script)} {
			c := build(t, pod(other().WithCommand(command))).Containers[1]
			form := recordedForm(t, c, false)
			if bare.Forms[form].Exit != 0 || with.Forms[form].Exit != 5 || with.Script != bare.Script+"\nexit $LASTEXITCODE" {
				t.Errorf("%s ends with %d, with the lines of the builder with %d", bare.Script, bare.Forms[form].Exit, with.Forms[form].Exit)
			}
		}
	}
	for name, want := range map[string]int{"stop-mid": 1, "stop-check": 5, "stop-native": 0} {
		record := cases[name]
		// The builder sets what the script of the record sets in its first line.
		script, ok := strings.CutPrefix(record.Script, "$ErrorActionPreference='Stop'\n")
		if !ok {
			t.Fatalf("record %s: %q", name, record.Script)
		}
		for _, command := range []hostprocess.Command{hostprocess.PowerShell(script), hostprocess.PowerShellFile("a", "b.ps1", script)} {
			form := recordedForm(t, build(t, pod(other().WithCommand(command))).Containers[1], false)
			if got := record.Forms[form].Exit; got != want {
				t.Errorf("%s ends with %d, want %d", name, got, want)
			}
		}
	}
}

func TestBareIsForPowerShell(t *testing.T) {
	for want, command := range map[string]hostprocess.Command{
		`other/Bare command "CmdLine"`:     hostprocess.CmdLine("a").Bare(),
		`other/Bare command "PathProgram"`: hostprocess.PathProgram("a.exe").Bare(),
	} {
		if diff := cmp.Diff([]string{want}, calls(t, pod(other().WithCommand(command)))); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
	}
}
