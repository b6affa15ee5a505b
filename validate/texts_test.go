// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
)

func TestSandboxReferences(t *testing.T) {
	const name = "container_sandbox_mount_point"
	for word, want := range map[string][]string{
		"":                             nil,
		name:                           nil,
		"%" + name + "%":               {"%" + name + "%"},
		"%container_sandbox":           {"%container_sandbox"},
		"a%" + name + "%b":             {"%" + name + "%"},
		"$" + name + "-x":              {"$" + name},
		"$(" + name + ")":              {"$(" + name + ")"},
		"${" + name + "}":              {"${" + name + "}"},
		"$env:" + name + ".":           {"$env:" + name},
		"${env:" + name + "}}":         {"${env:" + name + "}"},
		"$(env:" + name + "}":          {"$(env:" + name},
		"$env:" + name + "}":           {"$env:" + name},
		"{env:" + name + "}":           nil,
		"env:" + name:                  nil,
		"$" + name + "$" + name + "%x": {"$" + name, "$" + name},
		name + "%" + name + "%":        {"%" + name + "%"},
		"$x%" + name + "x%":            {"%" + name + "x%"},
		"$nv:" + name:                  nil,
	} {
		var got []string
		for start, end := range text(word).sandboxReferences {
			got = append(got, word[start:end])
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("references in %q (-want +got):\n%s", word, diff)
		}
	}
	for range text("$" + name + "$" + name).sandboxReferences {
		break // must not be asked for more
	}
}

func TestGlued(t *testing.T) {
	eachIs(t, "glued", glued, map[text]bool{"": false, "a": true, ".": false, ".a": true, "..": false, "/a": false, `\`: false, "-": true})
}

func TestStartsScript(t *testing.T) {
	for _, test := range []struct {
		words []string
		want  []int
	}{
		{[]string{"powershell", "x", "y"}, []int{1}},
		{[]string{"powershell", "-NoProfile", "-Command", "x", "y"}, []int{1, 3}},
		{[]string{"agent", "-c", "x"}, nil},
	} {
		var got []int
		line := command{command: test.words}
		for i := range test.words {
			if line.startsScript(i) {
				got = append(got, i)
			}
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%q: %v, want %v", test.words, got, test.want)
		}
	}
}

// TestBehindRoot finds the variables that command lines put behind the root.
func TestBehindRoot(t *testing.T) {
	exec := func(words ...string) *corev1.ExecAction { return &corev1.ExecAction{Command: words} }
	c := container{Container: &corev1.Container{
		Command:        []string{cmdToken + `\a.exe`, "--plain"},
		LivenessProbe:  &corev1.Probe{ProbeHandler: corev1.ProbeHandler{Exec: exec("a", "$x")}},
		ReadinessProbe: &corev1.Probe{ProbeHandler: corev1.ProbeHandler{Exec: exec(`%CONTAINER_SANDBOX%\$(NO) `+cmdToken+`\$(A)`, powerShellToken+"/$(B)", cmdToken+"x$(NO)")}},
		Lifecycle:      &corev1.Lifecycle{PreStop: &corev1.LifecycleHandler{Exec: exec(cmdToken + `\$(HOOK)`)}},
	}}
	if diff := cmp.Diff(map[string]bool{"A": true, "B": true}, c.behindRoot()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestTriesToken(t *testing.T) {
	eachIs(t, "triesToken", triesToken, map[string]bool{cmdToken: true, "$container_sandbox_mount_point": true, "container_sandbox_mount_point": false, "%TEMP%": false})
}

func TestValueOpener(t *testing.T) {
	for _, test := range []struct {
		before   string
		inString bool
		want     string
	}{
		{"", false, ""}, {"x", false, ""}, {"f (", false, "("}, {"f $(", false, "$("}, {"f $(", true, "$("}, {"f (", true, ""}, {"$x =", true, ""},
		{"$x =", false, "$x ="}, {"a; $x+=", false, "$x+="}, {"$env:A =", false, "$env:A ="},
		{"x =", false, ""}, {"=", false, ""}, {"$=", false, ""}, {"@x =", false, ""}, {"a$ =", false, ""},
	} {
		if n := valueOpener(test.before, test.inString); test.before[len(test.before)-n:] != test.want {
			t.Errorf("%q, in a string %t: %d, want %q", test.before, test.inString, n, test.want)
		}
	}
	eachIs(t, "pathLength", pathLength, map[string]int{"": 0, "abc": 3, "abc d": 3, `a"`: 1, "a)": 1, "a}": 1, cmdToken + "\\x y": len(cmdToken) + 2})
}

func TestNamesToken(t *testing.T) {
	eachIs(t, "namesToken", namesToken, map[string]bool{
		"":                                      false,
		"kubernetes.io":                         false,
		"kubernetes.io/serviceaccount":          true,
		`x\KUBERNETES.IO\\ServiceAccount\token`: true,
		"kubernetes.ioserviceaccount/token":     false,
		"kubernetes.io/serviceaccount/ca.crt":   false,
		"kubernetes.io/serviceaccount/namespace kubernetes.io/serviceaccount": true,
		"kubernetes.io/x kubernetes.io/serviceaccount/":                       true,
	})
}

func TestIsVariable(t *testing.T) {
	eachIs(t, "isVariable", isVariable, map[string]bool{
		"": false, "A": false, "AB": true, "1A": false, "A1": true, "A-B": false, "ProgramFiles(x86)": true, "A B": false,
		"CONTAINER": true, "container_": true, "container_x": false, "containerx": true,
	})
}

func TestOnlyWaits(t *testing.T) {
	for _, test := range []struct {
		words []string
		want  bool
	}{
		{nil, false},
		{[]string{"pause.exe"}, true}, {[]string{`C:\x\PING.exe`, "-t"}, true}, {[]string{"agent.exe"}, false},
		{[]string{"pause", "a\nb"}, false}, {[]string{"ping", "x & y"}, false},
		{[]string{"cmd", "/c", "pause"}, true}, {[]string{"cmd", "/C", "ping -t localhost"}, true},
		{[]string{"cmd"}, false}, {[]string{"cmd", "/c"}, false}, {[]string{"cmd", "/k", "pause"}, false}, {[]string{"cmd", "/c", "agent"}, false},
		{[]string{"powershell"}, false}, {[]string{"powershell", "-c", "sleep 10"}, true},
		{[]string{"powershell", "-Command", "while ($true) { Start-Sleep -Seconds 3600 }"}, true},
		{[]string{"powershell", "-Command", "Start-Process agent"}, false}, {[]string{"powershell", "sleep[1]"}, false}, {[]string{"powershell", "sleep", "a/b"}, false},
	} {
		if line := commandOf("", test.words, nil); line.onlyWaits() != test.want {
			t.Errorf("%q: %t", test.words, !test.want)
		}
	}
	for r := range rune(0x80) {
		letter := 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'
		if notLetter(r) == letter {
			t.Errorf("notLetter(%q) is %t", r, letter)
		}
		sleeping := letter || '0' <= r && r <= '9' || slices.Contains([]rune("-(){}$; "), r)
		if notSleeping(r) == sleeping {
			t.Errorf("notSleeping(%q) is %t", r, sleeping)
		}
	}
	eachIs(t, "imageName", imageName, map[string]string{"pause": "pause", "registry.example.com:5000/x/pause:3.10": "pause", "pause@sha256:0": "pause", ":x": "", "": ""})
}

func TestIsLocalSystem(t *testing.T) {
	eachIs(t, "isLocalSystem", isLocalSystem, map[string]bool{`NT AUTHORITY\SYSTEM`: true, `nt authority\system`: true, `NT AUTHORITY\SYSTEN`: false, `NT AUTHORITY\Local Service`: false, "": false})
}

func TestRelativePathInText(t *testing.T) {
	for word, want := range map[string]string{
		"": "", "a/b": "", `.\x`: `.\x`, "../x y": "../x", `a\b .\x`: `.\x`, "x=./": "./", "a./b": "", `...\x`: "",
	} {
		if got := text(word).relativePath(); got != want {
			t.Errorf("relativePath of %q is %q, want %q", word, got, want)
		}
	}
}

func TestPathOnly(t *testing.T) {
	eachIs(t, "pathOnly", pathOnly, map[string]string{
		"": "", "/etc/agent": "/etc/agent", `C:\etc x`: `C:\etc`, "/etc)": "/etc", "/etc|x": "/etc", `/etc"`: "/etc", "/": "/", "C": "C", "C:": "C:", "/a:b": "/a",
	})
	for word, want := range map[string]bool{`\\x`: true, "//": true, `\\\x`: false, "/x": false, "/": false, "///": false} {
		if isServer(word, 0) != want {
			t.Errorf("isServer(%q) is %t", word, !want)
		}
	}
	for word, want := range map[string]bool{`c:\`: true, `:\`: false, `1:\`: false, `ab:\`: false, `"c:\`: true} {
		if i := len(word) - 1; hasDrive(word, i) != want {
			t.Errorf("hasDrive(%q) is %t", word, !want)
		}
	}
}

// eachIs holds what a function returns for some arguments.
func eachIs[In, Out comparable](t *testing.T, name string, f func(In) Out, want map[In]Out) {
	t.Helper()
	for in, out := range want {
		if got := f(in); got != out {
			t.Errorf("%s(%#v) is %#v, want %#v", name, in, got, out)
		}
	}
}
