// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package probes

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"k8s.io/utils/ptr"

	"github.com/hostprocess-go/sdk/hostprocess/task"
)

// id is that of every container in the answers below.
const id = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

// ended is a container that has ended with an exit code.
func ended(name string, code int32, output string) Container {
	return Container{Name: name, ID: id, ExitCode: ptr.To(code), Seconds: 2, Reason: "Error", Output: output}
}

// says is a script that has answered.
func says(name, answer string) Container { return ended(name, exitAnswered, answer) }

// refuses is a container that the runtime didn't start.
func refuses(name string) Container {
	return Container{Name: name, ID: id, Reason: startError, Message: "failed to create containerd task: failed to create shim task: hcs::System::CreateProcess"}
}

// works and fails are containers as their names say.
func works(name string, code int32) Container { return ended(name, code, "") }

// answer is that of a pod whose control has run.
func answer(containers ...Container) Answer {
	return Answer{State: task.StateFailed, Containers: append([]Container{says(task.ContainerName, "{}")}, containers...)}
}

// kind is a node of objects.
type kind string

func (k kind) bind() bool      { return k.containerd2() || k == "bind17" }
func (k kind) symlink16() bool { return strings.HasPrefix(string(k), "symlink16") }
func (k kind) containerd2() bool {
	return k == "bind2" || k == "arm64"
}

// root is the root of a container, without the backslash.
func (k kind) root() string {
	switch {
	case k.bind():
		return `C:\hpc`
	case k.symlink16():
		return `C:\C\` + id
	}
	return `C:\hpc\` + id
}

// object writes JSON of pairs of names and values.
func object(pairs ...any) string {
	m := map[string]any{}
	for i := 0; i < len(pairs); i += 2 {
		m[pairs[i].(string)] = pairs[i+1]
	}
	text, err := json.Marshal(m)
	if err != nil {
		panic(err)
	}
	return string(text)
}

// missing is what becomes of a program that isn't there.
func (k kind) missing(name string) Container {
	if k.bind() {
		return ended(name, 1, "'"+name+"' is not recognized as an internal or external command,\r\noperable program or batch file.\r\n")
	}
	return refuses(name)
}

// either is the first container with the bind filter, and the second without it.
func (k kind) either(bind, symlink Container) Container {
	if k.bind() {
		return bind
	}
	return symlink
}

// prints is a container that prints a command line as PowerShell writes JSON.
func prints(name, line string) Container {
	text, err := json.Marshal(line)
	if err != nil {
		panic(err)
	}
	return says(name, strings.ReplaceAll(string(text), "'", `\u0027`)+"\r\n")
}

// head is what PowerShell finds before the words of a printer: cmd puts a second blank
// behind the program.
func (k kind) head() string {
	blank := " "
	if k.bind() {
		blank = "  "
	}
	return `C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe` + blank +
		`-NoLogo -NoProfile -NonInteractive -Command $x=[Environment]::CommandLine;ConvertTo-Json -Compress $x;Start-Sleep 1;exit 3 # `
}

// invented are answers of a node that is as the documents of this library say. They are
// written by hand, not with its functions. Nil means that the probe doesn't apply.
func invented(probe string, k kind) []Answer {
	root, bind := k.root(), k.bind()
	located := func(keys ...string) Answer {
		var pairs []any
		for _, key := range keys {
			pairs = append(pairs, key, map[string]bool{"destination": bind, "below": true})
		}
		return answer(says("mounts", object(pairs...)))
	}
	found := func(name string, found bool) Container { return says(name, object("found", found)) }
	switch probe {
	case "container-root":
		a := answer()
		a.Containers[0].Output = object("root", root+`\`, "exists", true, "bindFilter", bind || k == "symlink16new" || k == "symlink1634")
		return []Answer{a}
	case "mount-locations":
		return []Answer{located("slash", "drive", "lower", "backslash", "relative")}
	case "mount-below-root":
		return []Answer{located("below")}
	case "environment":
		token := root + `\x;` + root + "/y"
		if k == "symlink16" {
			token = `%CONTAINER_SANDBOX_MOUNT_POINT%\x;$env:CONTAINER_SANDBOX_MOUNT_POINT/y`
		}
		return []Answer{answer(says("environment", object(
			"HOSTPROCESS_PROBE_PLAIN", `a b "c" %d% ^e & f`,
			"HOSTPROCESS_PROBE_TOKEN", token,
			"HOSTPROCESS_PROBE_SPELLING", `%Container_Sandbox_Mount_Point%\x`,
			"HOSTPROCESS_PROBE_EMPTY", nil,
		)))}
	case "search-path":
		path := `C:\Windows\System32;C:\hostprocess-probe`
		if !k.symlink16() {
			path += ";" + root + `\;C:\WINDOWS\System32\WindowsPowerShell\v1.0\;C:\WINDOWS\System32\Wbem`
		}
		return []Answer{answer(says("path", object("PATH", path)))}
	case "read-only-mounts":
		return []Answer{answer(says("writes", object("mounted", !bind, "below", true, "mountedError", "Access to the path is denied.")))}
	case "odd-mount-paths":
		return []Answer{answer(
			refuses("characters"), refuses("control-character"), refuses("colon"),
			k.either(refuses("device"), found("device", false)),
			found("drive-relative", !bind),
			found("server", false),
		), answer()}
	case "whole-drive":
		return []Answer{answer(k.either(ended("drive", -1073741515, ""), refuses("drive")))}
	case "colliding-mounts":
		return []Answer{answer(k.either(says("both", object("first", true, "second", false, "found", false)), refuses("both")))}
	case "nested-mounts", "mount-over-implicit":
		list := []Answer{answer(
			says("first", object("link", true, "inner", true)),
			k.either(says("second", object("link", true, "inner", true)), refuses("second")),
		)}
		if probe == "nested-mounts" {
			list = append(list, answer())
		}
		return list
	case "image-volume":
		if !k.containerd2() {
			return nil
		}
		return []Answer{answer(), {State: task.StateNotStarted, Reason: "ImagePullBackOff", Containers: []Container{{Name: task.ContainerName, Reason: "ContainerCreating"}, {Name: "mounts", Reason: "ContainerCreating"}}}}
	case "named-pipes":
		a := answer(refuses("mounts"))
		a.Containers[0].Output = object("pipe", true)
		return []Answer{a}
	case "directories-left":
		a := answer()
		a.Containers[0].Output = object("outer", bind, "inner", false)
		return []Answer{answer(says("mounts", "{}")), a}
	case "working-directories":
		dir := func(i int, path string) Container { return says(fmt.Sprintf("dir-%d", i), object("dir", path)) }
		own := `C:\Windows`
		if !bind {
			own = root + `\Windows`
		}
		unset := dir(1, root)
		switch k {
		case "symlink1634":
			unset = refuses("dir-1")
		case "bind17":
			unset = dir(1, `C:\`)
		}
		return []Answer{answer(unset, dir(2, root), dir(3, root), dir(4, own), dir(5, own))}
	case "exit-codes":
		return []Answer{answer(k.missing("missing"),
			works("zero", 0), works("small", 42), works("large", 3010), works("negative", -1073741515),
			works("statement", 5), works("throw", 1), works("cmdlet", 1), works("program", 9), works("text", 0))}
	case "lost-output":
		var list []Container
		for i := range 8 {
			output := "hostprocess-probe\r\n"
			if !k.containerd2() && i%4 == 1 {
				output = ""
			}
			list = append(list, ended(fmt.Sprintf("writes-%d", i+1), 42, output))
		}
		return []Answer{answer(list...)}
	case "termination-message":
		a := answer(ended("local-service", 0, "hostprocess-probe"), ended("network-service", 0, "hostprocess-probe"))
		if k.symlink16() {
			a.Containers = append(a.Containers, refuses("users"))
		} else {
			a.Containers = append(a.Containers, ended("users", 0, "hostprocess-probe"))
		}
		return []Answer{a}
	case "node-network":
		return []Answer{answer(says("network", object("address", true, "podAddress", true, "listens", true)))}
	case "in-cluster-config":
		a := answer()
		a.Containers[0].Output = object("clientGo", bind, "agent", true, "connects", true)
		return []Answer{a}
	case "service-accounts":
		return []Answer{answer(
			says("account-1", object("sid", "S-1-5-18", "language", "de-DE")),
			says("account-2", object("sid", "S-1-5-19", "language", "de-DE")),
			says("account-3", object("sid", "S-1-5-20", "language", "de-DE")))}
	case "account-spellings":
		return []Answer{answer(
			says("account-1", object("sid", "S-1-5-18")), says("account-2", object("sid", "S-1-5-19")), says("account-3", object("sid", "S-1-5-20")),
			refuses("account-4"), refuses("account-5"), refuses("account-6"), refuses("account-7"), refuses("account-8"))}
	case "local-group":
		later := answer()
		later.Containers[0].Output = object("users", []string{"00000000000000000000"})
		if k.symlink16() {
			return []Answer{answer(refuses("group")), later}
		}
		return []Answer{answer(says("group", object("name", `WIN-1\0123456789abcdef0123`, "member", true))), later}
	case "administrators-token":
		if k.symlink16() {
			return nil
		}
		return []Answer{answer(says("administrator", object("enabled", true, "high", true)))}
	case "plugin-directories":
		a := answer()
		a.Containers[0].Output = object("plugins", "denied", "plugins_registry", "denied")
		return []Answer{a}
	case "metacharacters":
		var list []Container
		for i, text := range []string{"a&hostprocess-probe", "a|hostprocess-probe", "a<hostprocess-probe", `a>C:\hostprocess-probe-missing\x`, "a^b"} {
			name := fmt.Sprintf("word-%d", i+1)
			switch {
			case !bind:
				list = append(list, prints(name, k.head()+text))
			case i == 0:
				c := prints(name, k.head()+"a")
				c.ExitCode, c.Output = ptr.To[int32](1), c.Output+"'hostprocess-probe' is not recognized"
				list = append(list, c)
			case i == 4:
				list = append(list, prints(name, k.head()+"ab"))
			default:
				list = append(list, ended(name, 1, "The system cannot find the file specified."))
			}
		}
		for i, text := range []string{`"a & b"`, `"a | b"`, `"a < b"`, `"a > b"`, `"a ^ b"`} {
			list = append(list, prints(fmt.Sprintf("word-%d", i+6), k.head()+text))
		}
		return []Answer{answer(append(list, k.either(prints("word-11", k.head()+"a"), prints("word-11", k.head()+"a\nb")))...)}
	case "percent-signs":
		text := []string{"%OS%", `"a %OS% b"`, "%os%"}
		if bind {
			text = []string{"Windows_NT", `"a Windows_NT b"`, "Windows_NT"}
		}
		return []Answer{answer(prints("word-1", k.head()+text[0]), prints("word-2", k.head()+text[1]), prints("word-3", k.head()+text[2]))}
	case "argument-splitting":
		// Windows gives back the words that were joined.
		var singles, pairs []any
		words := slices.DeleteFunc(testWords(), func(word string) bool { return strings.Contains(word, "SANDBOX") })
		for i, word := range words {
			key := fmt.Sprintf("line-%d", i+1)
			singles = append(singles, key, []string{"x.exe", word})
			pairs = append(pairs, key, []string{"x.exe", word, words[(i+7)%len(words)]})
		}
		return []Answer{answer(says("splits-1", object(singles...)), says("splits-2", object(pairs...)))}
	case "quoted-program":
		return []Answer{answer(works("two-quotes", 42), k.either(ended("four-quotes", 1, `'C:\Windows\System32\x' is not recognized`), works("four-quotes", 42)))}
	case "escaped-quotes":
		return []Answer{answer(ended("echo", 42, `\"x y\"`+"\r\n"))}
	case "command-length":
		return []Answer{answer(works("length-8191", 42), k.either(ended("length-8192", 1, "The command line is too long."), works("length-8192", 42)))}
	case "missing-programs":
		return []Answer{answer(k.missing("sleep"), k.missing("sh"), k.missing("pwsh"))}
	case "builtin-commands":
		return []Answer{answer(k.either(works("echo", 0), refuses("echo")), k.either(works("ver", 0), refuses("ver")))}
	case "script-as-program":
		return []Answer{answer(k.either(Container{Name: "ps1", ID: id, Running: true}, refuses("ps1")), works("cmd", 42))}
	case "console-programs":
		return []Answer{answer(ended("waits-1", 1, "ERROR: Input redirection is not supported, exiting the process immediately."), works("waits-2", 0), works("waits-3", 0), works("waits-4", 0), works("waits-5", 0))}
	case "unix-sockets":
		return []Answer{answer(says("drive", object("code", 0)), says("no-drive", object("code", 10051)), says("mount", object("code", 10061)))}
	case "other-architecture":
		if k != "arm64" {
			return nil
		}
		return []Answer{{State: task.StateNotStarted, Reason: "ErrImagePull", Containers: []Container{{Name: task.ContainerName, Reason: "ErrImagePull", Message: "no match for platform in manifest"}}}}
	case "stopping":
		if !bind {
			return nil
		}
		a := answer()
		a.Containers[0].Output = object("seconds", 5.2)
		return []Answer{answer(Container{Name: "ticks", ID: id, Running: true}), a}
	case "stale-sub-path":
		return []Answer{answer(says("waits", object("same", true, "changed", true, "readable", bind)))}
	case "command-lines":
		return inventedLines(k)
	}
	panic("no answers for " + probe)
}

// inventedLines are answers to the command lines: what stands behind the # in each, as the
// shim and cmd leave it.
func inventedLines(k kind) []Answer {
	n := nodesOf(k)
	var list []Answer
	for i, words := range n.lines(100) {
		if i%20 == 0 {
			list = append(list, answer())
		}
		last := &list[len(list)-1]
		last.Containers = append(last.Containers, prints(fmt.Sprintf("line-%d", i+1), k.head()+lineOf(words[len(printer()):], k.root())))
	}
	return list
}

func nodesOf(k kind) Node {
	n, err := NewNode(objects()[string(k)])
	if err != nil {
		panic(err)
	}
	return n
}

// lineOf writes words as hcsshim does, each with windows.EscapeArg, and without what the
// kubelet and the shim replace. No word has anything that cmd changes.
func lineOf(words []string, root string) string {
	replace := strings.NewReplacer("$$", "$", "%CONTAINER_SANDBOX_MOUNT_POINT%", root, "$env:CONTAINER_SANDBOX_MOUNT_POINT", root)
	var list []string
	for _, word := range words {
		word = replace.Replace(word)
		quoted, slashes := strings.ContainsAny(word, " \t") || word == "", 0
		var b strings.Builder
		for _, r := range word {
			switch r {
			case '\\':
				slashes++
			case '"':
				b.WriteString(strings.Repeat(`\`, slashes+1))
				slashes = 0
			default:
				slashes = 0
			}
			b.WriteRune(r)
		}
		text := b.String()
		if quoted {
			text = `"` + text + strings.Repeat(`\`, slashes) + `"`
		}
		list = append(list, text)
	}
	return strings.Join(list, " ")
}

// everywhere runs a test for each probe and node to which it applies.
func everywhere(t *testing.T, test func(t *testing.T, p Probe, k kind, n Node, answers []Answer)) {
	for _, p := range All() {
		for name, n := range nodes(t) {
			answers := invented(p.Name, kind(name))
			if _, applies := p.Applies(n); applies != (answers != nil) {
				t.Errorf("%s applies to %s: %t", p.Name, name, applies)
			}
			if answers != nil {
				t.Run(p.Name+"/"+name, func(t *testing.T) { test(t, p, kind(name), n, answers) })
			}
		}
	}
}

func TestPredictedAnswers(t *testing.T) {
	everywhere(t, func(t *testing.T, p Probe, _ kind, n Node, answers []Answer) {
		v := p.Judge(n, answers)
		if v.Status != StatusConfirmed {
			t.Errorf("%s %s", v.Status, v.Reason)
			for _, c := range v.Checks {
				if c.Status != StatusConfirmed {
					t.Errorf("%+v", c)
				}
			}
		}
	})
}

// Each container of the answers is one of the pods', so that they answer what was asked.
func TestAnswersFitPods(t *testing.T) {
	everywhere(t, func(t *testing.T, p Probe, _ kind, n Node, answers []Answer) {
		pods, err := p.Pods(n)
		if err != nil || len(pods) != len(answers) {
			t.Fatalf("%d pods and %d answers: %v", len(pods), len(answers), err)
		}
		for i, pod := range pods {
			var want, got []string
			for _, c := range pod.Spec.Containers {
				want = append(want, c.Name)
			}
			for _, c := range answers[i].Containers {
				got = append(got, c.Name)
			}
			slices.Sort(want)
			slices.Sort(got)
			if len(got) > 0 && !slices.Equal(got, want) {
				t.Errorf("pod %d has the containers %q, and the answer %q", i+1, want, got)
			}
		}
	})
}
