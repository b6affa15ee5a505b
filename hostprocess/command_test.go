// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package hostprocess_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"

	"github.com/hostprocess-go/sdk/hostprocess"
	"github.com/hostprocess-go/sdk/internal/cmdline"
	"github.com/hostprocess-go/sdk/validate"
	"github.com/hostprocess-go/sdk/volumes"
)

var (
	onBind    = []validate.Target{validate.NewTarget(volumes.Runtime{}, volumes.ModeBind)}
	onSymlink = []validate.Target{validate.NewTarget(volumes.Runtime{}, volumes.ModeSymlink16), validate.NewTarget(volumes.Runtime{}, volumes.ModeSymlinkHPC)}
	onAll     = append(onSymlink, onBind...)
)

// routes are the ways that a command line can go to a program on the targets.
func routes(targets []validate.Target) []cmdline.Route {
	var all []cmdline.Route
	for _, t := range targets {
		all = append(all, cmdline.Route{Root: t.Mode().Root("0123"), Shell: t.Mode() == volumes.ModeBind})
	}
	return all
}

// Each way of naming a program, in each place, on each kind of node: the program
// gets what was passed.
func TestProgramsArrive(t *testing.T) {
	args := []string{"run", "a b", `say "hi"`, `C:\x y\`, "", "--a=b,c;d", "$(NODE) $$", "%CONTAINER_SANDBOX_MOUNT_POINT%\\etc"}
	for name, test := range map[string]struct {
		command hostprocess.Command
		want    map[volumes.Mode]string
	}{
		"image": {hostprocess.ImageProgram("bin/agent.exe", args...), map[volumes.Mode]string{
			volumes.ModeBind: `C:\hpc\bin\agent.exe`, volumes.ModeSymlink16: `C:\C\0123\bin\agent.exe`, volumes.ModeSymlinkHPC: `C:\hpc\0123\bin\agent.exe`}},
		"mount": {hostprocess.MountedProgram("/Etc/Tools/", "x/agent.exe", args...), map[volumes.Mode]string{
			volumes.ModeBind: `C:\Etc\Tools\x\agent.exe`, volumes.ModeSymlink16: `C:\C\0123\Etc\Tools\x\agent.exe`, volumes.ModeSymlinkHPC: `C:\hpc\0123\Etc\Tools\x\agent.exe`}},
		"host": {hostprocess.HostProgram("C:/Windows/System32/agent.exe", args...), map[volumes.Mode]string{
			volumes.ModeBind: `C:\Windows\System32\agent.exe`, volumes.ModeSymlink16: `C:\Windows\System32\agent.exe`, volumes.ModeSymlinkHPC: `C:\Windows\System32\agent.exe`}},
		"path": {hostprocess.PathProgram("agent.exe", args...), map[volumes.Mode]string{
			volumes.ModeBind: "agent.exe", volumes.ModeSymlink16: "agent.exe", volumes.ModeSymlinkHPC: "agent.exe"}},
	} {
		for _, targets := range [][]validate.Target{onBind, onSymlink, onAll, nil} {
			c := other().WithMount(hostprocess.ConfigMap("tools"), "/etc/tools").
				WithEnv("NODE", "altered").
				WithCommand(test.command).
				WithStartupProbe(hostprocess.Exec(test.command)).
				WithPreStop(hostprocess.Exec(test.command))
			built := build(t, pod(c).For(targets...)).Containers[1]
			if targets == nil {
				targets = onBind
			}
			for i, route := range routes(targets) {
				route.Env = map[string]string{"NODE": "altered"}
				program := test.want[targets[i].Mode()]
				if name == "mount" && targets[i].Mode() == volumes.ModeBind && len(targets) > 1 {
					program = `C:\hpc\Etc\Tools\x\agent.exe`
				}
				want := []string{program}
				for _, arg := range args {
					want = append(want, volumes.Substitute(arg, route.Root))
				}
				for place, words := range map[string][]string{
					"command": built.Command, "probe": built.StartupProbe.Exec.Command, "hook": built.Lifecycle.PreStop.Exec.Command,
				} {
					route.Expand = place != "hook"
					got, err := route.Arguments(words)
					if diff := cmp.Diff(want, got); diff != "" || err != nil {
						t.Errorf("%s program in %s, %v of %v: %v (-want +got)\n%s", name, place, targets[i], targets, err, diff)
					}
				}
			}
		}
	}
}

func TestVariables(t *testing.T) {
	command := hostprocess.ImageProgram("agent.exe", "--node=$(NODE)").WithVariables()
	built := build(t, pod(other().WithEnvValueFrom("NODE", hostprocess.PodField("spec.nodeName")).WithCommand(command))).Containers[1]
	if diff := cmp.Diff([]string{`%CONTAINER_SANDBOX_MOUNT_POINT%\agent.exe`, "--node=$(NODE)"}, built.Command); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// A value arrives unchanged on nodes without cmd, and in quotes.
func TestVariablesWithSpecialCharacters(t *testing.T) {
	run := func(value string) hostprocess.Pod {
		return pod(other().WithEnv("A", value).WithEnvValueFrom("B", hostprocess.PodField("metadata.name")).
			WithCommand(hostprocess.PathProgram("a.exe", "--a=$(A)", "$(B)").WithVariables()))
	}
	build(t, run(`&"%|`).For(onSymlink...))
	build(t, run("a & b").For(onAll...))
	build(t, run(`%CONTAINER_SANDBOX_MOUNT_POINT%\a`).For(onAll...))
	build(t, run(`pa$$word`).For(onAll...))
}

// The longest scripts, on every kind of node: of one line in the command, of any
// characters in a variable.
func TestLongestPowerShell(t *testing.T) {
	for _, targets := range [][]validate.Target{onBind, onAll, onSymlink} {
		for n, want := range map[int]string{7997: "block", 7998: "variable", 32000: "variable", 32001: ""} {
			spec, err := pod(other().WithCommand(hostprocess.PowerShell(strings.Repeat("x", n)))).For(targets...).Build()
			if err != nil {
				if want != "" {
					t.Errorf("%d characters: %v", n, err)
				}
				continue
			}
			c := spec.Containers[1]
			if got := powerShellRunOf(t, c, c.Command, cmdline.Route{Expand: true, Root: `C:\hpc`, Shell: true}); got.Form != want {
				t.Errorf("%d characters are in a %s, want %q", n, got.Form, want)
			}
		}
	}
	// A character outside of the basic plane is two for Windows.
	if _, err := pod(other().WithCommand(hostprocess.PowerShell(strings.Repeat("😀", 16001)))).Build(); err == nil {
		t.Error("32,002 UTF-16 units are built")
	}
}

func TestScriptFiles(t *testing.T) {
	start := hostprocess.PowerShellFile("agent-scripts", "start.ps1", "agent.exe # ä")
	check := hostprocess.CmdFile("agent-scripts", "check.cmd", "@echo off\nexit 0\r\n")
	stop := hostprocess.PowerShellFile("another", "stop.ps1", "exit 0")
	p := pod(other().WithCommand(start).WithLivenessProbe(hostprocess.Exec(check)).WithPreStop(hostprocess.Exec(stop)).
		WithPostStart(hostprocess.Exec(start))).For(onAll...)
	built := build(t, p).Containers[1]
	want := []corev1.VolumeMount{
		{Name: "configmap-agent-scripts", MountPath: "/var/run/hostprocess/agent-scripts"},
		{Name: "configmap-another", MountPath: "/var/run/hostprocess/another"},
	}
	if diff := cmp.Diff(want, built.VolumeMounts); diff != "" {
		t.Errorf("mounts (-want +got)\n%s", diff)
	}
	root := `%CONTAINER_SANDBOX_MOUNT_POINT%\var\run\hostprocess\`
	route := cmdline.Route{Expand: true, Root: `C:\hpc`, Shell: true}
	if got := powerShellRunOf(t, built, built.Command, route); got != (powerShellRun{"file", cmdline.Substitute(root, route.Root) + `agent-scripts\start.ps1`, true}) {
		t.Errorf("runs %+v", got)
	}
	if diff := cmp.Diff([]string{`C:\Windows\System32\cmd.exe`, "/d", "/c", root + `agent-scripts\check.cmd`}, built.LivenessProbe.Exec.Command); diff != "" {
		t.Errorf("probe (-want +got)\n%s", diff)
	}
	if c := build(t, p.For()).Containers[1]; powerShellRunOf(t, c, c.Command, route).Script != `C:\var\run\hostprocess\agent-scripts\start.ps1` {
		t.Errorf("with the bind filter alone it runs %q", c.Command)
	}
	maps, err := p.ConfigMaps("agents")
	if err != nil {
		t.Fatal(err)
	}
	data := map[string]map[string]string{}
	for _, m := range maps {
		if m.APIVersion != "v1" || m.Kind != "ConfigMap" || m.Namespace != "agents" {
			t.Errorf("object %v %v", m.TypeMeta, m.ObjectMeta)
		}
		data[m.Name] = m.Data
	}
	if diff := cmp.Diff(map[string]map[string]string{
		"agent-scripts": {"start.ps1": "\ufeffagent.exe # ä", "check.cmd": "@echo off\r\nexit 0\r\n"},
		"another":       {"stop.ps1": "exit 0"},
	}, data); diff != "" {
		t.Errorf("ConfigMaps (-want +got)\n%s", diff)
	}
	if maps, err := pod().ConfigMaps("a"); err != nil || maps != nil {
		t.Errorf("a pod without scripts has %v, %v", maps, err)
	}
	if _, err := pod(agent()).ConfigMaps("a"); err == nil {
		t.Error("a pod with mistakes has ConfigMaps")
	}
}

// The inner cmd gets the line, whether the outer one is there or not.
func TestCmdLine(t *testing.T) {
	const line = `net stop agent & copy C:\a\*.* %TEMP% > ^& nul ( $(X) )`
	built := build(t, pod(other().WithCommand(hostprocess.CmdLine(line))).For(onAll...)).Containers[1]
	words := make([]string, len(built.Command))
	for i, word := range built.Command {
		words[i] = cmdline.Expand(word, map[string]string{"X": "altered"})
	}
	want := `C:\Windows\System32\cmd.exe /d /s /c " ` + line + `"`
	if got := cmdline.Join(words); got != want {
		t.Errorf("the line is\n%s\nwant\n%s", got, want)
	}
	// The outer cmd changes nothing in quotes except variables.
	if got, err := cmdline.Cmd(strings.ReplaceAll(want, "%TEMP%", "t")); err != nil || got != strings.ReplaceAll(want, "%TEMP%", "t") {
		t.Errorf("the outer cmd makes of it\n%s, %v", got, err)
	}
	if got := build(t, pod(other().WithPreStop(hostprocess.Exec(hostprocess.CmdLine("echo $(X)"))))).Containers[1].Lifecycle.PreStop.Exec.Command; got[4] != " echo $(X)" {
		t.Errorf("in a hook: %q", got)
	}
}

// Values at the limits are built.
func TestCommandLimits(t *testing.T) {
	run := other().WithCommand
	half := strings.Repeat("c", 1<<19)
	for name, c := range map[string]hostprocess.Container{
		"full config map":               run(hostprocess.CmdFile("a", "b.cmd", half+half)),
		"two full config maps":          run(hostprocess.CmdFile("a", "b.cmd", half+half)).WithPreStop(hostprocess.Exec(hostprocess.CmdFile("b", "b.cmd", half+half))),
		"two scripts":                   run(hostprocess.CmdFile("a", "b.cmd", half)).WithPreStop(hostprocess.Exec(hostprocess.CmdFile("a", "c.cmd", half))),
		"the same script":               run(hostprocess.CmdFile("a", "b.cmd", half+half)).WithPreStop(hostprocess.Exec(hostprocess.CmdFile("a", "b.cmd", half+half))),
		"variable from a secret":        other().WithEnvFrom(fromSecret("s")).WithCommand(hostprocess.PathProgram("a.exe", "$(A)").WithVariables()),
		"unknown value, quoted program": other().WithEnvValueFrom("A", hostprocess.PodField("metadata.name")).WithCommand(hostprocess.HostProgram(`C:\a b\c.exe`, "$(A)").WithVariables()),
		"variable in a probe":           other().WithEnv("A", "1").WithLivenessProbe(hostprocess.Exec(hostprocess.PathProgram("a.exe", "$(A)").WithVariables())),
	} {
		t.Run(name, func(t *testing.T) { build(t, pod(c)) })
	}
}

// Characters that are special to cmd are allowed if no target runs the line in cmd.
func TestCommandForOneTarget(t *testing.T) {
	for _, target := range onSymlink {
		build(t, pod(other().WithCommand(hostprocess.PathProgram("a.exe", "100%"))).For(target))
	}
}

// Files with only printable ASCII characters, up to the last one, get no byte order mark.
func TestTildeIsASCII(t *testing.T) {
	const script = "echo ~ { | }"
	for _, command := range []hostprocess.Command{hostprocess.CmdFile("a", "b.cmd", script), hostprocess.PowerShellFile("a", "b.ps1", script)} {
		maps, err := pod(other().WithCommand(command)).ConfigMaps("")
		if err != nil {
			t.Fatal(err)
		}
		for file, got := range maps[0].Data {
			if got != script {
				t.Errorf("%s became %q", file, got)
			}
		}
	}
}

// Control characters that PowerShell accepts, and cmd doesn't, are allowed in scripts for
// PowerShell only. A file that starts with a byte order mark gets no second one.
func TestControlCharactersInScripts(t *testing.T) {
	const odd = "a\rb\x1a\tc"
	if got := scriptOf(t, build(t, pod(other().WithCommand(hostprocess.PowerShell(odd)))).Containers[1]); got != odd {
		t.Errorf("PowerShell runs %q", got)
	}
	for script, want := range map[string]string{odd: odd, "\ufeff" + odd: "\ufeff" + odd, "\ufeffä": "\ufeffä"} {
		maps, err := pod(other().WithCommand(hostprocess.PowerShellFile("a", "b.ps1", script))).ConfigMaps("")
		if err != nil || maps[0].Data["b.ps1"] != want {
			t.Errorf("PowerShellFile: %q became %v, %v", script, maps, err)
		}
	}
	maps, err := pod(other().WithCommand(hostprocess.CmdFile("a", "b.cmd", "a\tb\x1b[0m\n\r\nc"))).ConfigMaps("")
	if want := "a\tb\x1b[0m\r\n\r\nc"; err != nil || maps[0].Data["b.cmd"] != want {
		t.Errorf("CmdFile: %v, %v", maps, err)
	}
}

// The error for a script that is too long names the function without that limit.
func TestLongScriptsSayWhatToUse(t *testing.T) {
	long := strings.Repeat("x", 32001)
	for want, command := range map[string]hostprocess.Command{
		"use PowerShellFile": hostprocess.PowerShell(long),
		"use CmdFile":        hostprocess.CmdLine(long),
	} {
		if _, err := pod(other().WithCommand(command)).Build(); err == nil || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("says %v, want %q at the end", err, want)
		}
	}
}

func TestCommandMistakes(t *testing.T) {
	long := strings.Repeat("x", 8200)
	run := other().WithCommand
	for name, test := range map[string]struct {
		container hostprocess.Container
		targets   []validate.Target
		want      string
	}{
		"absolute image program":     {run(hostprocess.ImageProgram(`C:\a.exe`)), onAll, `ImageProgram path "C:\a.exe"`},
		"image program above":        {run(hostprocess.ImageProgram("../a.exe")), onAll, `ImageProgram path "../a.exe"`},
		"no extension":               {run(hostprocess.ImageProgram("agent")), onAll, `ImageProgram program "%CONTAINER_SANDBOX_MOUNT_POINT%\agent"`},
		"batch file":                 {run(hostprocess.ImageProgram("agent.cmd")), onSymlink, `ImageProgram program "%CONTAINER_SANDBOX_MOUNT_POINT%\agent.cmd"`},
		"mount path":                 {run(hostprocess.MountedProgram("C:", "a.exe")), onAll, `MountedProgram mountPath "C:"`},
		"nothing mounted":            {run(hostprocess.MountedProgram("/a", "a.exe")), onAll, `MountedProgram mountPath "/a"`},
		"host without drive":         {run(hostprocess.HostProgram(`\Windows\a.exe`)), onAll, `HostProgram path "\Windows\a.exe"`},
		"host relative":              {run(hostprocess.HostProgram("a.exe")), onAll, `HostProgram path "a.exe"`},
		"path in PATH":               {run(hostprocess.PathProgram(`bin\a.exe`)), onAll, `PathProgram name "bin\a.exe"`},
		"no program":                 {run(hostprocess.PathProgram("")), onAll, `PathProgram program ""`},
		"cmd's own":                  {run(hostprocess.PathProgram("copy.exe")), onAll, `PathProgram program "copy.exe"`},
		"percent":                    {run(hostprocess.PathProgram("a.exe", "b", "100%")), onBind, `PathProgram args[1] "100%"`},
		"line break":                 {run(hostprocess.PathProgram("a.exe", "b\nc")), onBind, `PathProgram args[0] "b<U+000A>c"`},
		"mixed":                      {run(hostprocess.PathProgram("a.exe", "b&c")), onAll, `PathProgram args[0] "b&c"`},
		"long":                       {run(hostprocess.PathProgram("a.exe", long)), onBind, `PathProgram program "a.exe"`},
		"two sets of quotes":         {run(hostprocess.HostProgram(`C:\a b\c.exe`, "d e")), onBind, `HostProgram program "C:\a b\c.exe"`},
		"hook with variables":        {other().WithPreStop(hostprocess.Exec(hostprocess.PathProgram("a.exe").WithVariables())), onBind, `WithVariables command "PathProgram"`},
		"unknown variable":           {run(hostprocess.PathProgram("a.exe", "$(A)").WithVariables()), onBind, `PathProgram args[0] "$(A)"`},
		"variable in a probe":        {other().WithEnvValueFrom("A", hostprocess.PodField("metadata.name")).WithLivenessProbe(hostprocess.Exec(hostprocess.PathProgram("a.exe", "$(A)").WithVariables())), onBind, `PathProgram args[0] "$(A)"`},
		"value with a metacharacter": {other().WithEnv("A", "&calc").WithCommand(hostprocess.PathProgram("a.exe", "b", "--a=$(A)").WithVariables()), onAll, `PathProgram args[1] "--a=$(A)"`},
		"value with a quote":         {other().WithEnv("A", `"`).WithCommand(hostprocess.PathProgram("a.exe", "$(A)", "b|c").WithVariables()), onBind, `PathProgram args[0] "$(A)"`},
		"value with a line break":    {other().WithEnv("A", "b\nc").WithCommand(hostprocess.PathProgram("a.exe", "$(A)").WithVariables()), onBind, `PathProgram args[0] "$(A)"`},
		"value of a value":           {raw(other().WithEnv("B", ">b"), "A", "$(B)").WithCommand(hostprocess.PathProgram("a.exe", "$(A)").WithVariables()), onBind, `PathProgram args[0] "$(A)"`},
		"value as it is in a probe":  {raw(other().WithEnv("B", "b"), "A", "$(B)").WithLivenessProbe(hostprocess.Exec(hostprocess.PathProgram("a.exe", "$(A)").WithVariables())), onBind, `PathProgram args[0] "$(A)"`},
		"dollars in a probe":         {other().WithEnv("A", "a$$b").WithLivenessProbe(hostprocess.Exec(hostprocess.PathProgram("a.exe", "$(A)").WithVariables())), onSymlink, `PathProgram args[0] "$(A)"`},
		"script with variables":      {run(hostprocess.PowerShell("a").WithVariables()), onBind, `WithVariables command "PowerShell"`},
		"arguments twice":            {run(hostprocess.PathProgram("a.exe")).WithArgs("b"), onBind, `WithArgs args ["b"]`},
		"no script":                  {run(hostprocess.PowerShell(" \n")), onBind, `PowerShell script " <U+000A>"`},
		"script not UTF-8":           {run(hostprocess.PowerShell("\xff")), onBind, `PowerShell script "<0xFF>"`},
		"script zero byte":           {run(hostprocess.PowerShell("a\x00")), onBind, `PowerShell script "a<U+0000>"`},
		"long script":                {run(hostprocess.PowerShell(strings.Repeat("x", 32001))), onBind, `PowerShell script "` + long[:200] + `…"`},
		"long line":                  {run(hostprocess.CmdLine(long)), onBind, `CmdLine script "` + long[:200] + `…"`},
		"line with quotes":           {run(hostprocess.CmdLine(`a "b"`)), onBind, `CmdLine line "a \"b\""`},
		"line with backslash":        {run(hostprocess.CmdLine(`dir C:\`)), onBind, `CmdLine line "dir C:\"`},
		"two lines":                  {run(hostprocess.CmdLine("a\nb")), onBind, `CmdLine line "a<U+000A>b"`},
		"file extension":             {run(hostprocess.PowerShellFile("a", "b.cmd", "c")), onBind, `PowerShellFile file "b.cmd"`},
		"only an extension":          {run(hostprocess.CmdFile("a", ".cmd", "c")), onBind, `CmdFile file ".cmd"`},
		"reserved name":              {run(hostprocess.CmdFile("con", "b.cmd", "c")), onBind, `CmdFile file "b.cmd"`},
		"file of config map":         {run(hostprocess.CmdFile("A", "b.cmd", "c")), onBind, `CmdFile configMap "A"`},
		"batch file not ASCII":       {run(hostprocess.CmdFile("a", "b.cmd", "ä")), onBind, `CmdFile script "ä"`},
		"zero byte in a word":        {run(hostprocess.RawCommand("a", "b\x00")), onBind, `RawCommand word "b<U+0000>"`},
		"zero byte in args":          {other().WithArgs("b\x00"), onBind, `WithArgs word "b<U+0000>"`},
		"two scripts in a file": {run(hostprocess.CmdFile("a", "b.cmd", "c")).WithPreStop(hostprocess.Exec(hostprocess.CmdFile("a", "b.cmd", "d"))), onBind,
			`CmdFile file "b.cmd"`},
		"two scripts in a file, after another": {run(hostprocess.CmdFile("z", "z.cmd", "c")).WithPostStart(hostprocess.Exec(hostprocess.CmdFile("a", "b.cmd", "c"))).
			WithPreStop(hostprocess.Exec(hostprocess.CmdFile("a", "b.cmd", "d"))), onBind, `CmdFile file "b.cmd"`},
		"two large scripts": {run(hostprocess.CmdFile("a", "b.cmd", strings.Repeat("c", 1<<19))).
			WithPreStop(hostprocess.Exec(hostprocess.CmdFile("a", "c.cmd", strings.Repeat("c", 1<<19+1)))), onBind, `CmdFile configMap "a"`},
		"mounted elsewhere":            {other().WithMount(hostprocess.ConfigMap("b"), "/b").WithCommand(hostprocess.MountedProgram("/a", "a.exe")), onAll, `MountedProgram mountPath "/a"`},
		"argument of 200 bytes":        {run(hostprocess.PathProgram("a.exe", long[:199]+"%")), onBind, `PathProgram args[0] "` + long[:199] + `%"`},
		"argument of 201 bytes":        {run(hostprocess.PathProgram("a.exe", long[:200]+"%")), onBind, `PathProgram args[0] "` + long[:200] + `…"`},
		"batch file with Ctrl-Z":       {run(hostprocess.CmdFile("a", "b.cmd", "c\x1a")), onBind, `CmdFile script "c<U+001A>"`},
		"carriage return":              {run(hostprocess.CmdFile("a", "b.cmd", "c\rd\r\n")), onBind, `CmdFile script "c<U+000D>d<U+000D><U+000A>"`},
		"carriage return at the end":   {run(hostprocess.CmdFile("a", "b.cmd", "c\r")), onBind, `CmdFile script "c<U+000D>"`},
		"two carriage returns":         {run(hostprocess.CmdFile("a", "b.cmd", "c\r\r\n")), onBind, `CmdFile script "c<U+000D><U+000D><U+000A>"`},
		"batch file with zero byte":    {run(hostprocess.CmdFile("a", "b.cmd", "c\x00")), onBind, `CmdFile script "c<U+0000>"`},
		"batch file with a mark":       {run(hostprocess.CmdFile("a", "b.cmd", "\ufeffc")), onBind, `CmdFile script "<U+FEFF>c"`},
		"script with a mark":           {run(hostprocess.PowerShell("\ufeffc")), onBind, `PowerShell script "<U+FEFF>c"`},
		"line with a mark":             {run(hostprocess.CmdLine("\ufeffc")), onBind, `CmdLine script "<U+FEFF>c"`},
		"script file with two marks":   {run(hostprocess.PowerShellFile("a", "b.ps1", "\ufeff\ufeffc")), onBind, `PowerShellFile script "<U+FEFF>c"`},
		"script file with only a mark": {run(hostprocess.PowerShellFile("a", "b.ps1", "\ufeff")), onBind, `PowerShellFile script ""`},
		"script file with a zero byte": {run(hostprocess.PowerShellFile("a", "b.ps1", "c\x00")), onBind, `PowerShellFile script "c<U+0000>"`},
		"batch file with DEL":          {run(hostprocess.CmdFile("a", "b.cmd", "\x7f")), onBind, `CmdFile script "<U+007F>"`},
		"large config map":             {run(hostprocess.CmdFile("a", "b.cmd", strings.Repeat("c", 1<<20+1))), onBind, `CmdFile configMap "a"`},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff([]string{"other/" + test.want}, calls(t, pod(test.container).For(test.targets...))); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}
