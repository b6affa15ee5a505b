// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package cmdline

import (
	"bufio"
	"encoding/json"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// recordedStart is what the code of the shim itself, run as a Windows program, made
// of a process: https://github.com/microsoft/hcsshim/tree/v0.12.9/internal/jobcontainers
//
// testdata/shim.jsonl holds 265 of 2,100 such records, chosen so that each of the
// following is there once for the shim of containerd 1.6, for the later ones, and
// for those with the bind filter, if it was recorded at all:
//
//   - in the program and in the other words: empty, blank, tab, line break, quote,
//     backslash (also before a quote and at the end, one and two), each spelling of
//     the tokens, two tokens in a word, %PATH%, $( and $$, what cmd acts on,
//     characters of two to four bytes; of the other words also each two of these;
//   - in the directory: empty, each drive, what follows it (nothing, a separator,
//     a name), two separators, each spelling of the tokens, at the start and behind
//     it, ".", "..", empty names, colons, and each two of these;
//   - each name of a variable with an empty value, a token and another value, a
//     name twice, and in two spellings, with and without a value.
//
// CMDLINE_VECTORS may name another file of the same form, to be tested as well.
type recordedStart struct {
	Shim []string `json:"shim"` // versions of hcsshim that gave this answer
	Bind bool     `json:"bind"`
	Root string   `json:"root"` // as the shim holds it
	Args []string `json:"args"`
	Env  []string `json:"env"`
	Cwd  string   `json:"cwd"`
	Line string   `json:"line"` // what it made of Args
	Dir  string   `json:"dir"`  // what it made of Cwd
	// Got is what it made of Env, sorted, without PATH and what the node brings.
	Got []string `json:"got"`
}

// recordedShim is the model of a version of hcsshim.
func recordedShim(t *testing.T, version string, bind bool) Shim {
	t.Helper()
	const id = `0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\`
	switch version {
	case "0.9.12": // containerd 1.6
		return Shim{Root: `C:\C\` + id, OwnPath: true}
	case "0.11.7", "0.12.9", "0.15.0": // containerd 1.7, 2.0, 2.4
		if bind {
			return Shim{Root: BindRoot + `\`, Bind: true}
		}
		return Shim{Root: BindRoot + `\` + id}
	}
	t.Fatalf("hcsshim %s isn't known", version)
	return Shim{}
}

// disagreements returns what s says otherwise than the record.
func (r recordedStart) disagreements(s Shim) []string {
	var diffs []string
	if got := s.Line(r.Args); got != r.Line {
		diffs = append(diffs, "line "+got)
	}
	if got := s.Dir(r.Cwd); got != r.Dir {
		diffs = append(diffs, "directory "+got)
	}
	if !r.hasEnv(s) {
		diffs = append(diffs, "environment")
	}
	return diffs
}

// hasEnv compares the environments. Where the model refuses, because two variables
// have one name for Windows, the process has one of them, and chance decided which.
func (r recordedStart) hasEnv(s Shim) bool {
	vars, env, err := r.env(s)
	got := nodeLess(vars, r.Got)
	if err == nil {
		return slices.Equal(entries(env), got)
	}
	var refused *EnvError
	if !errors.As(err, &refused) || refused.Reason != EnvTwoSpellings {
		return false
	}
	// Leave out one variable after the other, until it can be told.
	for i, v := range vars {
		if strings.EqualFold(v.Name, vars[refused.Index].Name) {
			less := recordedStart{Env: slices.Delete(slices.Clone(r.Env), i, i+1), Got: r.Got}
			if less.hasEnv(s) {
				return true
			}
		}
	}
	return false
}

func (r recordedStart) env(s Shim) (vars, env []Variable, err error) {
	for _, entry := range r.Env {
		name, value, _ := strings.Cut(entry, "=")
		vars = append(vars, Variable{name, value})
	}
	env, err = s.Env(vars)
	return vars, env, err
}

// nodeLess leaves out the variables of the node that the recorder knew only as
// something that the container names too: it gives them no value, so the node's stay.
func nodeLess(vars []Variable, got []string) []string {
	node := map[string]string{"SystemRoot": `C:\windows`, "PATHEXT": ".com;.exe;.bat;.cmd;.vbs;.vbe;.js;.jse;.wsf;.wsh"}
	for _, v := range vars {
		if v.Value != "" {
			delete(node, v.Name)
		}
	}
	return slices.DeleteFunc(slices.Clone(got), func(entry string) bool {
		name, value, _ := strings.Cut(entry, "=")
		return node[name] == value
	})
}

func entries(env []Variable) []string {
	var all []string
	for _, v := range env {
		if !strings.EqualFold(v.Name, "PATH") {
			all = append(all, v.Name+"="+v.Value)
		}
	}
	slices.Sort(all)
	return all
}

func recordedStarts(t *testing.T) []recordedStart {
	t.Helper()
	var all []recordedStart
	for _, name := range []string{"testdata/shim.jsonl", os.Getenv("CMDLINE_VECTORS")} {
		if name == "" {
			continue
		}
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		for lines := bufio.NewScanner(f); lines.Scan(); {
			var r recordedStart
			if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
				t.Fatal(err)
			}
			if r.Line != "" { // the other file may have logons too
				all = append(all, r)
			}
		}
	}
	return all
}

func TestRecordedStarts(t *testing.T) {
	all := recordedStarts(t)
	if len(all) < 265 {
		t.Fatalf("only %d records", len(all))
	}
	compared, undecided := 0, 0
	for _, r := range all {
		for _, version := range r.Shim {
			s := recordedShim(t, version, r.Bind)
			if r.Root != s.Root {
				t.Errorf("hcsshim %s: the root is %s, want %s", version, s.Root, r.Root)
			}
			for _, diff := range r.disagreements(s) {
				t.Errorf("hcsshim %s says otherwise, of %q %q in %q:\n%s\nwant %+v", version, r.Args, r.Env, r.Cwd, diff, r)
			}
			if _, _, err := r.env(s); err != nil {
				undecided++
			}
			compared++
		}
	}
	t.Logf("%d records, %d comparisons; of %d chance decides a variable", len(all), compared, undecided)
}

// A model that is wrong about the version has to disagree with each record, and
// with each part of it that differs.
func TestRecordedStartsOfOtherVersions(t *testing.T) {
	for _, r := range recordedStarts(t) {
		right := recordedShim(t, r.Shim[0], r.Bind)
		for _, wrong := range []Shim{recordedShim(t, "0.9.12", false), recordedShim(t, "0.12.9", false), recordedShim(t, "0.12.9", true)} {
			if wrong == right {
				continue
			}
			if len(r.disagreements(wrong)) == 0 {
				t.Errorf("%+v agrees with hcsshim %s: %+v", wrong, r.Shim, r)
			}
			// With the right root, only the bind filter shows, in every line and most
			// directories: PATH, which OwnPath is about, wasn't recorded.
			wrong.Root = right.Root
			diffs := r.disagreements(wrong)
			if wrongLine := len(diffs) > 0 && strings.HasPrefix(diffs[0], "line "); wrongLine != (wrong.Bind != right.Bind) {
				t.Errorf("%+v disagrees with hcsshim %s about %q", wrong, r.Shim, diffs)
			}
		}
	}
}

// TestRecordedStartsCanFail changes each column of the records.
func TestRecordedStartsCanFail(t *testing.T) {
	for _, r := range recordedStarts(t) {
		s := recordedShim(t, r.Shim[0], r.Bind)
		for i, change := range []func(*recordedStart){
			func(r *recordedStart) { r.Line += " " },
			func(r *recordedStart) { r.Dir += "x" },
			func(r *recordedStart) { r.Got = append([]string{"A=more than there is"}, r.Got...) },
			func(r *recordedStart) { r.Got = r.Got[1:] },
			func(r *recordedStart) { r.Args = append([]string{"x"}, r.Args...) },
			func(r *recordedStart) { r.Cwd = "another" },
		} {
			changed := r
			change(&changed)
			if len(changed.disagreements(s)) == 0 {
				t.Errorf("change %d isn't noticed: %+v", i, changed)
			}
		}
	}
}

func TestShimEnv(t *testing.T) {
	const more = `C:\hpc\;C:\WINDOWS\System32\WindowsPowerShell\v1.0\;C:\WINDOWS\System32\Wbem`
	root := Variable{SandboxVariable, `C:\hpc\`}
	bind, own := Shim{Root: `C:\hpc\`, Bind: true}, Shim{Root: `C:\C\1\`, OwnPath: true}
	for _, test := range []struct {
		shim Shim
		vars []Variable
		want []Variable
	}{
		{bind, nil, []Variable{root}},
		{bind, []Variable{{"A", "1"}, {"B", ""}, {"A", "2"}, {"A", ""}}, []Variable{{"A", "2"}, root}},
		{bind, []Variable{{"A", "1"}, {"a", ""}}, []Variable{{"A", "1"}, root}},
		{bind, []Variable{{"container_sandbox_mount_point", "x"}, {SandboxVariable, "y"}}, []Variable{root}},
		{bind, []Variable{{"A", CmdToken + ";" + PowerShellToken + "_"}}, []Variable{{"A", `C:\hpc;C:\hpc_`}, root}},
		{bind, []Variable{{"PATH", `C:\a`}}, []Variable{{"PATH", `C:\a;` + more}, root}},
		{bind, []Variable{{"Path", `C:\a; `}}, []Variable{{"Path", `C:\a;` + more}, root}},
		{bind, []Variable{{"PATH", `C:\a`}, {"PATH", `C:\b`}}, []Variable{{"PATH", `C:\b;` + more}, root}},
		{bind, []Variable{{" path", `C:\a`}}, []Variable{{"path", `C:\a;` + more}, root}},
		{bind, []Variable{{" path", `C:\a`}, {" path", `C:\b`}}, []Variable{{"path", `C:\b;` + more}, root}},
		{bind, []Variable{{"PATH ", "x"}, {"XPATH", "y"}, {"PAT", "h"}, {"P", " "}}, []Variable{{"PATH ", "x"}, {"XPATH", "y"}, {"PAT", "h"}, {"P", " "}, root}},
		{bind, []Variable{{"PATH", " "}}, []Variable{{"PATH", `;` + more}, root}},
		{Shim{Root: `C:\rf`, Bind: true}, []Variable{{"A", CmdToken}}, []Variable{{"A", `C:\r`}, {SandboxVariable, `C:\rf`}}},
		{Shim{}, []Variable{{"A", CmdToken}}, []Variable{{"A", ""}, {SandboxVariable, ""}}},
		{own, []Variable{{"PATH", CmdToken + " "}, {" path", "x"}}, []Variable{{"PATH", `C:\C\1 `}, {" path", "x"}, {SandboxVariable, `C:\C\1\`}}},
	} {
		got, err := test.shim.Env(test.vars)
		if diff := cmp.Diff(test.want, got); diff != "" || err != nil {
			t.Errorf("%+v: Env(%q): %v (-want +got)\n%s", test.shim, test.vars, err, diff)
		}
	}
	for _, test := range []struct {
		shim Shim
		vars []Variable
		want EnvError
	}{
		{bind, []Variable{{"A", "1"}, {"B", "a\x00b"}}, EnvError{1, EnvZeroByte}},
		{bind, []Variable{{"A\x00", ""}}, EnvError{0, EnvZeroByte}},
		{bind, []Variable{{"A", "1"}, {"b", "1"}, {"a", "1"}}, EnvError{2, EnvTwoSpellings}},
		{bind, []Variable{{"É", "1"}, {"é", "1"}}, EnvError{1, EnvTwoSpellings}},
		{bind, []Variable{{"path", "1"}, {" path", "2"}}, EnvError{1, EnvTwoSpellings}},
		{own, []Variable{{"Path", "1"}, {"PATH", "2"}}, EnvError{1, EnvTwoSpellings}},
	} {
		got, err := test.shim.Env(test.vars)
		var refused *EnvError
		if got != nil || !errors.As(err, &refused) || *refused != test.want {
			t.Errorf("%+v: Env(%q) = %q, %v; want %+v", test.shim, test.vars, got, err, test.want)
		}
	}
}

func TestEnvReasons(t *testing.T) {
	seen := map[string]EnvReason{}
	for reason := range EnvTwoSpellings + 2 {
		text := (&EnvError{Reason: reason}).Error()
		if before, ok := seen[text]; text == "" || ok && (before != 0 || reason != EnvTwoSpellings+1) {
			t.Errorf("the text of reason %d is %q, as that of %d", reason, text, before)
		}
		seen[text] = reason
	}
}

func TestSearchPath(t *testing.T) {
	const more = `C:\hpc\1\;C:\WINDOWS\System32\WindowsPowerShell\v1.0\;C:\WINDOWS\System32\Wbem`
	s := Shim{Root: `C:\hpc\1\`}
	for _, test := range []struct {
		v    Variable
		want string
		lost bool
	}{
		{Variable{"PATH", `C:\tools`}, `C:\tools;` + more, false},
		{Variable{"PATH", CmdToken + `\bin;C:\T`}, `C:\hpc\1\bin;C:\T;` + more, false},
		{Variable{"PATH", `T:\tools;D:\x`}, `:\tools;D:\x;` + more, true},
		{Variable{"PATH", `PATH\x`}, `\x;` + more, true},
		{Variable{"PATH", `a:\x`}, `a:\x;` + more, false},
		{Variable{" PATH", `H:\x`}, `:\x;` + more, true},
		{Variable{"Path", `C:\tools`}, `ath=C:\tools;` + more, true},
		{Variable{"path", `C:\tools`}, `path=C:\tools;` + more, true},
	} {
		if got, lost := s.SearchPath(test.v); got != test.want || lost != test.lost {
			t.Errorf("SearchPath(%q) = %q, %t; want %q, %t", test.v, got, lost, test.want, test.lost)
		}
	}
	if got, lost := (Shim{Root: `C:\C\1\`, OwnPath: true}).SearchPath(Variable{"PATH", `T:\x`}); got != "" || lost {
		t.Errorf("the shim of containerd 1.6 searches a container's PATH: %q", got)
	}
}

// Go hands no text with a zero byte in it to Windows, whoever runs the line.
func TestZeroByteStartsNothing(t *testing.T) {
	for _, shell := range []bool{false, true} {
		got, err := Route{Root: BindRoot, Shell: shell}.Arguments([]string{"a.exe", "b\x00c"})
		if got != nil || reasonOf(err) != ZeroByte {
			t.Errorf("with cmd %t: %q, %v", shell, got, err)
		}
	}
}
