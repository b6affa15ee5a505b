// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package hostprocess_test

import (
	"encoding/binary"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/hostprocess-go/sdk/accounts"
	"github.com/hostprocess-go/sdk/hostprocess"
	"github.com/hostprocess-go/sdk/internal/cmdline"
	"github.com/hostprocess-go/sdk/internal/podgen"
	"github.com/hostprocess-go/sdk/validate"
	"github.com/hostprocess-go/sdk/volumes"
)

// everyTarget are the sets of nodes that the fuzz targets build for.
var everyTarget = [][]validate.Target{nil, onBind, onSymlink, onAll}

// built builds a pod for targets twice and checks the result with package validate. It
// returns nil if Build reports mistakes.
func built(t *testing.T, p hostprocess.Pod, targets []validate.Target) *corev1.PodSpec {
	t.Helper()
	p = p.For(targets...)
	spec, err := p.Build()
	again, errAgain := p.Build()
	if (err == nil) != (errAgain == nil) || err != nil && err.Error() != errAgain.Error() || !cmp.Equal(spec, again) {
		t.Fatalf("built twice: %v, %v (-first +second)\n%s", err, errAgain, cmp.Diff(spec, again))
	}
	if err != nil {
		return nil
	}
	if failed := (validate.Validator{Targets: targets}).PodSpec(spec, nil).Err(); failed != nil {
		t.Fatalf("was built, and is wrong: %v", failed)
	}
	return spec
}

// Any calls in any order, see wrong. Later calls don't change earlier values.
func FuzzBuild(f *testing.F) {
	f.Add([]byte{}, uint8(0))
	f.Add(binary.LittleEndian.AppendUint64(nil, 2), uint8(1))
	f.Add([]byte(strings.Repeat("one pod, eight bytes for each call. ", 6)), uint8(3))
	exported := exportedFunctions(f)
	f.Fuzz(func(t *testing.T, numbers []byte, kind uint8) {
		targets := everyTarget[int(kind)%len(everyTarget)]
		var sequence podgen.Sequence
		for ; len(numbers) >= 8 && len(sequence) < 30; numbers = numbers[8:] {
			sequence = append(sequence, binary.LittleEndian.Uint64(numbers))
		}
		p := sequence.Pod()
		if problem := wrong(p, exported); problem != "" {
			t.Fatalf("%s\nwith the calls %d", problem, sequence)
		}
		before := built(t, p, targets)
		sequence.Change(p).For(targets...).Build()
		if after := built(t, p, targets); !cmp.Equal(before, after) {
			t.Fatalf("calls on a copy have changed the pod (-before +after)\n%s", cmp.Diff(before, after))
		}
	})
}

// For arbitrary strings and numbers in every argument, Build returns either mistakes or a
// pod that can be serialized and in which package validate finds no error.
func FuzzArguments(f *testing.F) {
	f.Add("agent", "/etc/agent", "200Mi", int64(80))
	f.Add("a'b", `C:\a\`, "1.5", int64(0))
	f.Add("\u2018; calc", "$(A)\n%PATH%", "1e99999999999", int64(-1))
	f.Add("a\x00b", "\xff", "-0m", int64(1)<<40)
	f.Add("a", "a", "1e-999999999", int64(2))
	f.Add("0", "\x86", "A", int64(2))
	f.Add("con", `\\.\pipe\x`, "9223372036854775807Ei", int64(65536))
	f.Fuzz(func(t *testing.T, name, path, quantity string, n int64) {
		number, length := int32(n), time.Duration(n)*time.Second
		containers := []hostprocess.Container{
			agent().WithLimit(corev1.ResourceMemory, quantity),
			agent().WithRequest(corev1.ResourceName(name), quantity),
			agent().WithEnv(name, path),
			agent().WithEnvValueFrom(name, hostprocess.PodField(path)),
			agent().WithEnvValueFrom("A", optional(configMapKey(name, path))),
			agent().WithPort(name, number),
			agent().WithWorkingDir(path),
			agent().WithCommand(hostprocess.RawCommand(name, path)).WithArgs(path, quantity),
			agent().WithLivenessProbe(hostprocess.HTTPGet(path, number), header(name, quantity), func(p *corev1.Probe) { p.PeriodSeconds, p.TimeoutSeconds = number, number }),
			agent().WithReadinessProbe(hostprocess.TCPSocket(number), func(p *corev1.Probe) { p.InitialDelaySeconds, p.SuccessThreshold = number, number }),
			agent().WithStartupProbe(hostprocess.TCPSocket(name), func(p *corev1.Probe) { p.FailureThreshold, p.TCPSocket.Host = number, path }, grace(int64(n))),
			agent().WithPreStop(hostprocess.HTTPGet(path, int(n))).WithPostStart(hostprocess.Sleep(length)),
			agent().WithEnvFrom(corev1.EnvFromSource{Prefix: name, SecretRef: fromSecret(path).SecretRef}).WithImage(quantity),
			agent().WithMount(hostprocess.HostPath(path), "/a", subPath(name)),
			agent().WithMount(hostprocess.ConfigMap(name), "/a/"+path),
			agent().WithMount(hostprocess.NewVolume(name, corev1.VolumeSource{Secret: &corev1.SecretVolumeSource{SecretName: path, Items: []corev1.KeyToPath{{Key: quantity, Path: path}}}}), path),
			agent().WithMount(hostprocess.NewVolume("a", corev1.VolumeSource{CSI: &corev1.CSIVolumeSource{Driver: name, VolumeAttributes: map[string]string{path: quantity}}}), path),
			agent().WithMount(hostprocess.NewVolume("a", corev1.VolumeSource{PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{ClaimName: path}}), path),
			agent().WithMount(projected("a", corev1.VolumeProjection{ServiceAccountToken: &corev1.ServiceAccountTokenProjection{Path: path, Audience: name, ExpirationSeconds: &n}},
				corev1.VolumeProjection{DownwardAPI: &corev1.DownwardAPIProjection{Items: files(path, name)}}), "/a"),
			hostprocess.NewContainer(name, path),
		}
		pods := []hostprocess.Pod{
			pod().WithLabels(map[string]string{name: path}).WithAnnotations(map[string]string{name: path}),
			pod().WithNodeSelector(map[string]string{name: path}).WithSelector(map[string]string{path: name}),
			pod().WithServiceAccount(name).WithTerminationGracePeriod(length),
			pod(other().WithMount(hostprocess.EmptyDir(name), "/a").WithMount(hostprocess.NewVolume(quantity, corev1.VolumeSource{HostPath: &corev1.HostPathVolumeSource{Path: path}}), "/b")),
			pod().WithRunAs(accounts.LocalGroup(name)).WithTolerations(corev1.Toleration{Key: strings.ToValidUTF8(name, ""), Value: strings.ToValidUTF8(path, "")}),
		}
		for _, c := range containers {
			pods = append(pods, pod(c).WithServiceAccount("agent"))
		}
		for _, p := range pods {
			spec := built(t, p, nil)
			if spec == nil {
				continue
			}
			text, err := json.Marshal(spec)
			var read corev1.PodSpec
			if err == nil {
				err = json.Unmarshal(text, &read)
			}
			if err != nil || !cmp.Equal(*spec, read) {
				t.Errorf("the API holds something else: %v (-built +read)\n%s", err, cmp.Diff(*spec, read))
			}
			cronJob, err := p.CronJob(metav1.ObjectMeta{Name: name, Labels: map[string]string{path: quantity}}, path)
			if err == nil && cronJob == nil {
				t.Error("there is neither a CronJob nor an error")
			}
		}
	})
}

// In every mode, a program gets the arguments that it was given.
func FuzzProgram(f *testing.F) {
	f.Add("a.exe", `say "hi" & calc`, uint8(0), uint8(1))
	f.Add("a b.exe", `C:\a b\`, uint8(0), uint8(1))
	f.Add(`C:\Windows\a.exe`, "%PATH%", uint8(1), uint8(2))
	f.Add("x/a.exe", "$(A) $$", uint8(2), uint8(3))
	f.Add("a.exe", "\u201d&\u201c^\"!PATH!", uint8(3), uint8(1))
	kinds := []func(string, ...string) hostprocess.Command{
		hostprocess.ImageProgram, hostprocess.HostProgram, hostprocess.PathProgram,
		func(path string, args ...string) hostprocess.Command {
			return hostprocess.MountedProgram("/tools", path, args...)
		},
	}
	f.Fuzz(func(t *testing.T, path, arg string, kind, targets uint8) {
		command := kinds[int(kind)%len(kinds)](path, arg, path)
		everyWay(t, command, everyTarget[int(targets)%len(everyTarget)], func(c corev1.Container, words []string, route cmdline.Route) {
			got, err := route.Arguments(words)
			want := []string{cmdline.Substitute(arg, route.Root), cmdline.Substitute(path, route.Root)}
			if err != nil || !slices.Equal(got[1:], want) {
				t.Errorf("%q became %q, %v\nby the words %q\non %+v", want, got, err, words, route)
			}
		})
	})
}

// In every mode, a script reaches its shell unchanged.
func FuzzScript(f *testing.F) {
	f.Add("a.ps1", "\u2018; calc\n$(A)", uint8(3))
	f.Add("a.cmd", "echo ^& %PATH%\r\nexit", uint8(3))
	f.Add("a.cmd", "echo $(A) & del *.* > nul", uint8(0))
	f.Add("-a.ps1", "\ufeff# ä", uint8(1))
	f.Add("con.cmd", "a\tb\\", uint8(2))
	f.Fuzz(func(t *testing.T, file, script string, number uint8) {
		targets := everyTarget[int(number)%len(everyTarget)]
		for _, command := range []hostprocess.Command{hostprocess.PowerShell(script), hostprocess.PowerShell(script).Bare()} {
			everyWay(t, command, targets, func(c corev1.Container, words []string, route cmdline.Route) {
				if got := powerShellRunOf(t, c, words, route); got.Script != asPowerShellReads(script) {
					t.Errorf("the script %q became %+v", script, got)
				}
			})
		}
		everyWay(t, hostprocess.CmdLine(script), targets, func(c corev1.Container, words []string, route cmdline.Route) {
			words = slices.Clone(words)
			for i, word := range words {
				if route.Expand {
					words[i] = cmdline.Expand(word, route.Env)
				}
			}
			// The first cmd leaves alone what is in quotes, but for variables; the
			// second takes off the quotes.
			want := `C:\Windows\System32\cmd.exe /d /s /c " ` + script + `"`
			if got := cmdline.Join(words); got != want {
				t.Errorf("the line is\n%s\nwant\n%s", got, want)
			}
			if got, err := cmdline.Cmd(want); !strings.Contains(want, "%") && (err != nil || got != want) {
				t.Errorf("the first cmd makes of\n%s\nthis: %s, %v", want, got, err)
			}
		})
		want := script
		if strings.ContainsFunc(script, func(r rune) bool { return r > 0x7e }) {
			want = "\ufeff" + strings.TrimPrefix(script, "\ufeff")
		}
		arrivesAsFile(t, hostprocess.PowerShellFile("scripts", file, script), targets, file, want)
		want = strings.ReplaceAll(strings.ReplaceAll(script, "\r\n", "\n"), "\n", "\r\n")
		arrivesAsFile(t, hostprocess.CmdFile("scripts", file, script), targets, file, want)
	})
}

// arrivesAsFile checks that the shell is given the file in which the text is.
func arrivesAsFile(t *testing.T, command hostprocess.Command, targets []validate.Target, file, text string) {
	t.Helper()
	spec := everyWay(t, command, targets, func(c corev1.Container, words []string, route cmdline.Route) {
		got := lastArgument(t, route, words)
		if strings.HasSuffix(file, ".ps1") {
			got = powerShellRunOf(t, c, words, route).Script
		}
		if got != route.Root+`\var\run\hostprocess\scripts\`+file && got != `C:\var\run\hostprocess\scripts\`+file {
			t.Errorf("runs %q in %+v", got, route)
		}
	})
	if spec == nil {
		return
	}
	maps, err := pod(other().WithCommand(command)).For(targets...).ConfigMaps("")
	if err != nil || len(maps) != 1 || maps[0].Data[file] != text {
		t.Errorf("the script %q became %v, %v", text, maps, err)
	}
}

// everyWay calls a function for the command of a container and for that of a
// hook, on each of the targets. Nil means that there are mistakes.
func everyWay(t *testing.T, command hostprocess.Command, targets []validate.Target, arrives func(c corev1.Container, words []string, route cmdline.Route)) *corev1.PodSpec {
	t.Helper()
	spec := built(t, pod(other().WithMount(hostprocess.ConfigMap("tools"), "/tools").WithEnv("A", "altered").
		WithCommand(command).WithPreStop(hostprocess.Exec(command))), targets)
	if spec == nil {
		return nil
	}
	if targets == nil {
		targets = onBind
	}
	c := spec.Containers[1]
	for _, route := range routes(targets) {
		route.Env = map[string]string{"A": "altered"}
		arrives(c, c.Lifecycle.PreStop.Exec.Command, route)
		route.Expand = true
		arrives(c, c.Command, route)
	}
	return spec
}

func lastArgument(t *testing.T, route cmdline.Route, words []string) string {
	t.Helper()
	args, err := route.Arguments(words)
	if err != nil {
		t.Fatalf("%q on %+v: %v", words, route, err)
	}
	return args[len(args)-1]
}

// Whatever the names are, the scripts of a Group have them in strings, and differ in
// nothing else.
func FuzzGroup(f *testing.F) {
	for _, text := range []string{"agents", "a'b", "a\u2018b\u2019c\u201ad\u201be", "a\u201cb\u201dc\u201ed", "$x", "$(calc)", "`", "%PATH%", "&calc", "a\u2028b", "'", "--%", "a''", "#", "@'"} {
		f.Add(text, `C:\`+text)
	}
	f.Add("agents", "C:\\a\nb")
	f.Add("agents", "C:/a/../b/")
	harmless := func(g hostprocess.Group) hostprocess.Group {
		return g.WithDirectory(`C:\a`, hostprocess.AccessModify).WithAccess(`D:\b`, hostprocess.AccessRead)
	}
	wantSetUp, wantRemoval := groupScripts(f, harmless(hostprocess.NewGroup("harmless")))
	f.Fuzz(func(t *testing.T, name, path string) {
		if accounts.LocalGroup(name).SID() != "" {
			return // a group of Windows
		}
		loc, err := volumes.ModeBind.Resolve(path)
		if err != nil || strings.EqualFold(loc.Destination(), `D:\b`) {
			return // no path, or that of the other grant
		}
		g := hostprocess.NewGroup(accounts.LocalGroup(name)).WithDirectory(path, hostprocess.AccessModify).WithAccess(`D:\b`, hostprocess.AccessRead)
		if _, err := g.Removal().Build(); err != nil {
			return // has mistakes
		}
		setUp, removal := groupScripts(t, g)
		for _, pair := range [][2]string{{setUp, wantSetUp}, {removal, wantRemoval}} {
			got, strs := withoutStrings(pair[0])
			want, _ := withoutStrings(pair[1])
			if got != want {
				t.Errorf("the names have changed the script (-want +got)\n%s", cmp.Diff(want, got))
			}
			if !slices.Contains(strs, name) || !slices.Contains(strs, loc.Destination()) {
				t.Errorf("%q or %q isn't in the script as it is: %q", name, loc.Destination(), strs)
			}
		}
	})
}

func groupScripts(t testing.TB, g hostprocess.Group) (setUp, removal string) {
	t.Helper()
	return scriptOf(t, build(t, pod().WithGroup(g)).InitContainers[0]), scriptOf(t, build(t, g.Removal()).InitContainers[0])
}

// withoutStrings takes the strings in single quotes out of a PowerShell script, as
// PowerShell reads them: any of its single quotes ends one, and two are one.
// Source: https://github.com/PowerShell/PowerShell/blob/v7.4.0/src/System.Management.Automation/engine/parser/tokenizer.cs
func withoutStrings(script string) (rest string, found []string) {
	const single, double = "'\u2018\u2019\u201a\u201b", "\"\u201c\u201d\u201e"
	var out, literal strings.Builder
	runes := []rune(script)
	for i := 0; i < len(runes); i++ {
		switch r := runes[i]; {
		case strings.ContainsRune(double, r):
			for i++; i < len(runes) && !strings.ContainsRune(double, runes[i]); i++ {
				out.WriteRune(runes[i])
			}
		case strings.ContainsRune(single, r):
			literal.Reset()
			for i++; i < len(runes); i++ {
				if strings.ContainsRune(single, runes[i]) {
					if i+1 == len(runes) || !strings.ContainsRune(single, runes[i+1]) {
						break
					}
					i++
				}
				literal.WriteRune(runes[i])
			}
			found = append(found, literal.String())
		default:
			out.WriteRune(r)
		}
	}
	return out.String(), found
}
