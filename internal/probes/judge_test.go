// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package probes

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/utils/ptr"

	"github.com/hostprocess-go/sdk/hostprocess/task"
)

// judged is Judge, with everything that doesn't depend on the answers made once.
func judged(t *testing.T, p Probe, n Node) func([]Answer) Verdict {
	t.Helper()
	rules, err := p.rules(n)
	if err != nil {
		t.Fatal(err)
	}
	steps := p.list(n)
	return func(answers []Answer) Verdict { return p.verdict(n, steps, rules, answers) }
}

// few are as many containers of an answer as a test changes, each in turn: a probe has up
// to a hundred that are alike.
func few(containers []Container) []Container {
	if len(containers) > 20 {
		return containers[:2]
	}
	return containers
}

// cloned returns answers whose containers can be replaced.
func cloned(answers []Answer) []Answer {
	answers = slices.Clone(answers)
	for i := range answers {
		answers[i].Containers = slices.Clone(answers[i].Containers)
	}
	return answers
}

// notJudged are values of answers for people, or that determine if an answer is valid.
var notJudged = []string{"language", "mountedError", "first", "second", "same", "changed"}

// Every other value of an answer affects the verdict.
func TestOneWrongValue(t *testing.T) {
	everywhere(t, func(t *testing.T, p Probe, k kind, n Node, answers []Answer) {
		judge := judged(t, p, n)
		for i := range answers {
			for j, c := range few(answers[i].Containers) {
				for _, wrong := range wrongValues(c.Output) {
					changed := cloned(answers)
					changed[i].Containers[j].Output = wrong.output
					v := judge(changed)
					judged := !slices.Contains(notJudged, wrong.key) && !passedOver(p.Name, c.Name, wrong.key, k)
					if judged && v.Status != StatusRefuted || !judged && v.Status == StatusRefuted {
						t.Errorf("%s of %s in %s: %s", wrong.key, c.Name, wrong.output, v.Status)
					}
				}
			}
		}
	})
}

// passedOver reports whether a value says nothing for such a node.
func passedOver(probe, container, key string, k kind) bool {
	switch probe {
	case "container-root":
		return key == "bindFilter" && k.symlink16() // containerd 1.6 doesn't look
	case "local-group":
		return k.symlink16() // there was no user
	case "nested-mounts", "mount-over-implicit":
		return container == "second" // that it starts is what counts
	case "unix-sockets":
		return container == "drive" // without it the others say nothing
	}
	return false
}

type wrongValue struct{ key, output string }

// wrongValues returns JSON with one value changed, each in turn.
func wrongValues(output string) []wrongValue {
	var object map[string]any
	if json.Unmarshal([]byte(output), &object) != nil {
		return nil
	}
	var all []wrongValue
	var walk func(m map[string]any)
	walk = func(m map[string]any) {
		for _, key := range slices.Sorted(maps.Keys(m)) {
			old := m[key]
			switch value := old.(type) {
			case map[string]any:
				walk(value)
				continue
			case bool:
				m[key] = !value
			case string:
				m[key] = value + "x"
				if value == "denied" {
					m[key] = "opened"
				}
			case float64:
				m[key] = value + 100
				if key == "code" && value != 0 {
					m[key] = 0
				}
			case nil:
				m[key] = "x"
			case []any:
				m[key] = append([]any{id[:20]}, value...)
			}
			text, err := json.Marshal(object)
			if err != nil {
				panic(err)
			}
			all = append(all, wrongValue{key, string(text)})
			m[key] = old
		}
	}
	walk(object)
	return all
}

// Unreadable answers make a claim unclear.
func TestGarbage(t *testing.T) {
	garbage := []string{
		"", " ", "{", "}", "[]", "null", "{}", `"`, `""`, `"a"`, "0", "nonsense", "\x00\xff", "{\"a\":", `{"root":5,"found":"yes","sid":[],"dir":{}}`,
	}
	huge := []string{strings.Repeat("x", 1<<20), strings.Repeat("{", 1<<20), strings.Repeat(`{"a":`, 1<<12), strings.Repeat("\n", 1<<16)}
	everywhere(t, func(t *testing.T, p Probe, k kind, n Node, answers []Answer) {
		if k != "bind17" && k != "symlinkHPC" {
			return
		}
		judge := judged(t, p, n)
		for i := range answers {
			for j, c := range few(answers[i].Containers) {
				texts := garbage
				if j < 2 {
					texts = append(slices.Clone(garbage), huge...)
				}
				if len(c.Output) > 2 {
					texts = append(slices.Clone(texts), c.Output[:len(c.Output)/2])
				}
				for _, text := range texts {
					changed := cloned(answers)
					changed[i].Containers[j].Output = text
					if v := judge(changed); v.Status == StatusRefuted && !readsText(p.Name) {
						t.Errorf("%s with %.40q: %+v", c.Name, text, v)
					}
				}
			}
		}
	})
}

// readsText reports whether a text is what the probe is about, so that another one is
// another answer.
func readsText(probe string) bool {
	return slices.Contains([]string{"escaped-quotes", "lost-output", "termination-message"}, probe)
}

// Containers with an unknown outcome, or that didn't start for another reason, make a claim
// unclear.
func TestNothingHappened(t *testing.T) {
	everywhere(t, func(t *testing.T, p Probe, _ kind, n Node, answers []Answer) {
		judge := judged(t, p, n)
		for i := range answers {
			for j, c := range few(answers[i].Containers) {
				withoutID := c
				withoutID.ID = ""
				for _, nothing := range []Container{withoutID, {}, {Name: c.Name}, {Name: c.Name, Reason: "ImagePullBackOff", Message: "no such host"}, {Name: c.Name, Reason: "ContainerCreating"}, {Name: c.Name, Reason: statusUnknown}} {
					changed := cloned(answers)
					changed[i].Containers[j] = nothing
					if v := judge(changed); v.Status == StatusRefuted {
						t.Errorf("%+v: %+v", nothing, v)
					}
				}
			}
			changed := cloned(answers)
			changed[i].Containers = nil
			if v := judge(changed); v.Status != StatusUnclear {
				t.Errorf("without containers: %+v", v)
			}
			for _, state := range []task.State{task.StateNotScheduled, task.StateInterrupted, ""} {
				changed := cloned(answers)
				changed[i] = Answer{State: state}
				if v := judge(changed); v.Status != StatusUnclear {
					t.Errorf("state %q: %+v", state, v)
				}
			}
		}
		for _, count := range [][]Answer{nil, {}, answers[:len(answers)-1], append(slices.Clone(answers), Answer{})} {
			if v := judge(count); v.Status != StatusUnclear || v.Reason == "" {
				t.Errorf("%d answers to %d pods: %+v", len(count), len(answers), v)
			}
		}
	})
	if v := (Probe{}).Judge(Node{}, nil); v.Status != StatusUnclear {
		t.Errorf("the zero Probe: %+v", v)
	}
	if pods, err := (Probe{}).Pods(Node{}); pods != nil || err != nil {
		t.Errorf("the zero Probe has pods: %v, %v", pods, err)
	}
}

// A container that the runtime refuses, or that runs although it should have been, is an
// answer, and a wrong one shows.
func TestWrongStart(t *testing.T) {
	everywhere(t, func(t *testing.T, p Probe, k kind, n Node, answers []Answer) {
		judge := judged(t, p, n)
		for i := range answers {
			for j, c := range few(answers[i].Containers) {
				if c.Name == task.ContainerName {
					continue
				}
				changed := cloned(answers)
				if c.refused() {
					started := says(c.Name, `{"found":true,"code":0}`)
					if slices.Contains([]string{"echo", "ver", "sleep"}, c.Name) {
						started.ExitCode = ptr.To[int32](0)
					} else if p.Name == "missing-programs" || p.Name == "script-as-program" {
						started.ExitCode = ptr.To[int32](42)
					}
					changed[i].Containers[j] = started
				} else {
					changed[i].Containers[j] = refuses(c.Name)
				}
				v := judge(changed)
				if v.Status == StatusConfirmed && !failsAnyway(p.Name, c.Name, k) {
					t.Errorf("%+v: %+v", changed[i].Containers[j], v)
				}
			}
		}
	})
}

// failsAnyway reports whether the container is predicted to fail, in this way or another.
func failsAnyway(probe, container string, k kind) bool {
	switch probe {
	case "odd-mount-paths":
		return container != "drive-relative" || k.bind()
	case "whole-drive", "missing-programs", "colliding-mounts", "console-programs", "image-volume":
		return true
	case "script-as-program":
		return container == "ps1"
	case "metacharacters":
		return k.bind() && slices.Contains([]string{"word-1", "word-2", "word-3", "word-4", "word-5", "word-11"}, container)
	case "unix-sockets":
		return container != "drive"
	case "quoted-program":
		return container == "four-quotes"
	case "command-length":
		return container == "length-8192"
	case "stopping":
		return true // the second pod answers
	case "termination-message":
		return container == "users" && k.symlink16()
	}
	return false
}

// Each claim can be refuted: by the containers here, in the place of those of the same
// names, on a node of the kind.
func TestWrongAnswers(t *testing.T) {
	bind := kind("bind2")
	slow := ended("waits-1", 1, "")
	slow.Seconds = 60
	for _, test := range []struct {
		probe string
		on    kind
		wrong Container
		want  Status
	}{
		{"odd-mount-paths", bind, says("characters", `{"found":true}`), StatusRefuted},
		{"odd-mount-paths", bind, says("colon", `{"found":true}`), StatusRefuted},
		{"odd-mount-paths", bind, says("device", `{"found":true}`), StatusRefuted},
		{"odd-mount-paths", bind, says("server", `{"found":true}`), StatusRefuted},
		{"odd-mount-paths", "symlinkHPC", refuses("drive-relative"), StatusRefuted},
		{"whole-drive", bind, says("drive", `{"found":true}`), StatusRefuted},
		{"colliding-mounts", bind, says("both", `{"first":true,"second":true,"found":true}`), StatusRefuted},
		{"nested-mounts", bind, refuses("second"), StatusRefuted},
		{"nested-mounts", "symlink16", works("second", exitAnswered), StatusRefuted},
		{"named-pipes", bind, works("mounts", exitAnswered), StatusRefuted},
		{"image-volume", bind, says("mounts", `{"found":true}`), StatusRefuted},
		{"image-volume", bind, says("mounts", `{"found":false}`), StatusConfirmed},
		{"image-volume", bind, says("mounts", `{}`), StatusUnclear},
		{"image-volume", bind, refuses("mounts"), StatusConfirmed},
		{"working-directories", "symlink1634", says("dir-1", `{"dir":"C:\\"}`), StatusRefuted},
		{"working-directories", bind, says("dir-1", `{"dir":"C:\\"}`), StatusRefuted},
		{"working-directories", bind, refuses("dir-2"), StatusRefuted},
		{"exit-codes", bind, works("small", 0), StatusRefuted},
		{"exit-codes", bind, works("throw", 0), StatusRefuted},
		{"exit-codes", bind, refuses("missing"), StatusRefuted},
		{"exit-codes", bind, works("missing", 0), StatusRefuted},
		{"exit-codes", "symlinkHPC", ended("missing", 1, ""), StatusRefuted},
		{"lost-output", bind, ended("writes-5", 42, ""), StatusRefuted},
		{"lost-output", bind, ended("writes-5", 1, ""), StatusUnclear},
		{"termination-message", bind, works("local-service", 0), StatusRefuted},
		{"service-accounts", bind, refuses("account-3"), StatusRefuted},
		{"account-spellings", bind, says("account-6", `{"sid":"S-1-5-18"}`), StatusRefuted},
		{"account-spellings", bind, refuses("account-3"), StatusRefuted},
		{"local-group", bind, refuses("group"), StatusRefuted},
		{"local-group", "symlink16", says("group", `{"name":"WIN-1\\0123456789abcdef0123","member":true}`), StatusRefuted},
		{"plugin-directories", bind, says(task.ContainerName, `{"plugins":"opened","plugins_registry":"denied"}`), StatusRefuted},
		{"plugin-directories", bind, says(task.ContainerName, `{"plugins":"Could not find a part of the path","plugins_registry":"denied"}`), StatusUnclear},
		{"command-lines", bind, prints("line-2", bind.head()+"a b"), StatusRefuted},
		{"command-lines", bind, prints("line-1", bind.head()+"a ^"), StatusRefuted},
		{"command-lines", bind, ended("line-1", 1, "'b' is not recognized"), StatusRefuted},
		{"command-lines", bind, refuses("line-100"), StatusRefuted},
		{"metacharacters", bind, prints("word-1", bind.head()+"a&hostprocess-probe"), StatusRefuted},
		{"metacharacters", bind, prints("word-5", bind.head()+"a^b"), StatusRefuted},
		{"metacharacters", bind, prints("word-6", bind.head()+`"a`), StatusRefuted},
		{"metacharacters", bind, ended("word-7", 1, ""), StatusRefuted},
		{"metacharacters", bind, prints("word-11", bind.head()+"a\nb"), StatusRefuted},
		{"metacharacters", "symlinkHPC", prints("word-1", kind("symlinkHPC").head()+"a"), StatusRefuted},
		{"percent-signs", bind, prints("word-2", bind.head()+`"a %OS% b"`), StatusRefuted},
		{"percent-signs", "symlinkHPC", prints("word-1", kind("symlinkHPC").head()+"Windows_NT"), StatusRefuted},
		{"quoted-program", bind, works("four-quotes", 42), StatusRefuted},
		{"quoted-program", bind, works("two-quotes", 1), StatusRefuted},
		{"escaped-quotes", bind, ended("echo", 42, `"x y"`), StatusRefuted},
		{"command-length", bind, works("length-8192", 42), StatusRefuted},
		{"command-length", bind, works("length-8191", 1), StatusRefuted},
		{"missing-programs", bind, works("sleep", 0), StatusRefuted},
		{"missing-programs", bind, works("sh", 42), StatusRefuted},
		{"missing-programs", bind, works("pwsh", 42), StatusRefuted},
		{"builtin-commands", bind, bind.missing("echo"), StatusRefuted},
		{"builtin-commands", "symlinkHPC", works("echo", 0), StatusRefuted},
		{"script-as-program", bind, works("ps1", 42), StatusRefuted},
		{"script-as-program", bind, works("cmd", 1), StatusRefuted},
		{"console-programs", bind, slow, StatusRefuted},
		{"console-programs", bind, Container{Name: "waits-2", ID: id, Running: true}, StatusRefuted},
		{"unix-sockets", bind, says("no-drive", `{"code":0}`), StatusRefuted},
		{"unix-sockets", bind, refuses("mount"), StatusConfirmed},
		{"other-architecture", "arm64", works(task.ContainerName, exitAnswered), StatusRefuted},
		{"other-architecture", "arm64", ended(task.ContainerName, 1, ""), StatusConfirmed},
		{"stopping", bind, says(task.ContainerName, `{"seconds":30.2}`), StatusRefuted},
		{"stopping", bind, says(task.ContainerName, `{"error":"Could not find file"}`), StatusUnclear},
		{"stale-sub-path", bind, says("waits", `{"same":true,"changed":true,"readable":false}`), StatusRefuted},
		{"stale-sub-path", "symlink16", says("waits", `{"same":true,"changed":true,"readable":true}`), StatusRefuted},
		{"stale-sub-path", "symlink16", says("waits", `{"same":true,"changed":false,"readable":true}`), StatusUnclear},
		{"stale-sub-path", "symlink16", says("waits", `{"same":false,"changed":true,"readable":true}`), StatusUnclear},
	} {
		p := probeNamed(t, test.probe)
		answers := cloned(invented(p.Name, test.on))
		replaced := 0
		for i := len(answers) - 1; i >= 0; i-- { // a control of the last pod has the answer
			if at := slices.IndexFunc(answers[i].Containers, func(c Container) bool { return c.Name == test.wrong.Name }); at >= 0 && replaced == 0 {
				answers[i].Containers[at] = test.wrong
				replaced++
			}
		}
		if v := p.Judge(nodesOf(test.on), answers); v.Status != test.want || replaced != 1 {
			t.Errorf("%s on %s, with %+v (%d times): %s %s, want %s", test.probe, test.on, test.wrong, replaced, v.Status, v.Reason, test.want)
		}
	}
	answers := cloned(invented("lost-output", "bind17"))
	for i, c := range answers[0].Containers {
		if c.Output == "" {
			answers[0].Containers[i].Output = "hostprocess-probe"
		}
	}
	if v := probeNamed(t, "lost-output").Judge(nodesOf("bind17"), answers); v.Status != StatusUnclear {
		t.Errorf("output that isn't lost where it can be: %+v", v)
	}
}

func probeNamed(t *testing.T, name string) Probe {
	t.Helper()
	all := All()
	i := slices.IndexFunc(all, func(p Probe) bool { return p.Name == name })
	if i < 0 {
		t.Fatalf("there is no probe %s", name)
	}
	return all[i]
}

// What a node with the bind filter answers refutes what is predicted for one without it,
// and the other way round, wherever the two differ.
func TestOtherMode(t *testing.T) {
	same := []string{ // on both, it works or fails
		"account-spellings", "administrators-token", "argument-splitting", "colliding-mounts", "console-programs", "escaped-quotes", "local-group",
		"missing-programs", "named-pipes", "plugin-directories", "script-as-program", "service-accounts", "termination-message",
		"unix-sockets", "whole-drive", "image-volume", "other-architecture", "stopping", "node-network",
	}
	all := nodes(t)
	for _, pair := range [][2]kind{{"bind17", "symlinkHPC"}, {"symlinkHPC", "bind17"}} {
		var confirmed []string
		for _, p := range All() {
			answers := invented(p.Name, pair[0])
			if answers == nil || p.judge == nil {
				continue
			}
			if v := p.Judge(all[string(pair[1])], answers); v.Status == StatusConfirmed {
				confirmed = append(confirmed, p.Name)
			} else if v.Status == StatusUnclear {
				t.Errorf("%s, answered by %s and judged for %s: %+v", p.Name, pair[0], pair[1], v)
			}
		}
		for _, name := range confirmed {
			if !slices.Contains(same, name) && name != "lost-output" {
				t.Errorf("%s, answered by %s, is confirmed for %s", name, pair[0], pair[1])
			}
		}
	}
}

// A probe that doesn't apply to a node says why, has no pods there, and no other verdict.
func TestNotApplicable(t *testing.T) {
	probes := map[string]bool{}
	for _, p := range All() {
		for name, n := range nodes(t) {
			why, ok := p.Applies(n)
			if ok {
				continue
			}
			probes[p.Name] = true
			pods, err := p.Pods(n)
			if v := p.Judge(n, nil); v.Status != StatusNotApplicable || v.Reason != why || why == "" || pods != nil || err != nil {
				t.Errorf("%s on %s: %+v, %d pods, %v", p.Name, name, v, len(pods), err)
			}
		}
	}
	want := []string{"administrators-token", "image-volume", "other-architecture", "stopping"}
	if got := slices.Sorted(maps.Keys(probes)); !slices.Equal(got, want) {
		t.Errorf("%q don't apply to some nodes, want %q", got, want)
	}
}

// Verdicts are the same each time, and so they are when the answers were kept as JSON.
func TestStable(t *testing.T) {
	everywhere(t, func(t *testing.T, p Probe, _ kind, n Node, answers []Answer) {
		text, err := json.Marshal(answers)
		if err != nil {
			t.Fatal(err)
		}
		var kept []Answer
		if err := json.Unmarshal(text, &kept); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(p.Judge(n, answers), p.Judge(n, kept)); diff != "" {
			t.Error(diff)
		}
	})
}
