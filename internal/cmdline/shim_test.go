// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package cmdline

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hostprocess-go/sdk/internal/recorded"
)

// shimOf is the model of a version of hcsshim.
func shimOf(t *testing.T, version string, bind bool) Shim {
	t.Helper()
	if _, known := recorded.Versions[version]; !known {
		t.Fatalf("hcsshim %s isn't known", version)
	}
	switch {
	case version == "0.9.12":
		return Shim{Root: `C:\C\` + recorded.ID + `\`, OwnPath: true}
	case bind:
		return Shim{Root: BindRoot + `\`, Bind: true}
	}
	return Shim{Root: BindRoot + `\` + recorded.ID + `\`}
}

// shims are the models that differ.
func shims(t *testing.T) []Shim {
	return []Shim{shimOf(t, "0.9.12", false), shimOf(t, "0.12.9", false), shimOf(t, "0.12.9", true)}
}

// startDiffs returns the columns of r that s disagrees with.
func startDiffs(r recorded.Start, s Shim) []string {
	var diffs []string
	if s.Line(r.Args) != r.Line {
		diffs = append(diffs, "line")
	}
	if s.Dir(r.Cwd) != r.Dir {
		diffs = append(diffs, "dir")
	}
	withoutPath := func(v Variable) bool { return !strings.EqualFold(v.Name, "PATH") }
	if !hasEnv(s, variables(r.Env), nodeLess(r), withoutPath) {
		diffs = append(diffs, "env")
	}
	return diffs
}

// environmentDiffs returns the columns of r that s disagrees with. A zero byte is
// refused, whatever the process reads.
func environmentDiffs(r recorded.Environment, s Shim) []string {
	vars := variables(r.Env)
	var refused *EnvError
	if _, err := s.Env(vars); errors.As(err, &refused) && refused.Reason == EnvZeroByte {
		if slices.Contains(r.Got, r.Env[refused.Index]) {
			return []string{"zero byte"}
		}
		return nil
	}
	var diffs []string
	if !hasEnv(s, vars, r.Got, func(Variable) bool { return true }) {
		diffs = append(diffs, "env")
	}
	if !slices.Contains(searches(s, vars), r.Search) {
		diffs = append(diffs, "search")
	}
	return diffs
}

// searches returns the possible answers of SearchPath: one for each PATH in vars whose
// name is spelled otherwise, as chance decides between these.
func searches(s Shim, vars []Variable) []string {
	if s.OwnPath {
		path, _ := s.SearchPath(Variable{"PATH", "x"})
		return []string{recorded.OwnPath + path}
	}
	last := map[string]string{}
	for _, v := range vars {
		if strings.EqualFold(strings.TrimSpace(v.Name), "PATH") && !strings.HasSuffix(v.Name, " ") && v.Value != "" {
			last[v.Name], _ = s.SearchPath(v)
		}
	}
	if len(last) == 0 {
		return []string{""}
	}
	return slices.Collect(maps.Values(last))
}

// hasEnv reports whether s makes got of vars, as far as keep says. Where the model
// refuses, because two variables have one name for Windows, the process has one of
// them, and chance decided which.
func hasEnv(s Shim, vars []Variable, got []string, keep func(Variable) bool) bool {
	env, err := s.Env(vars)
	if err == nil {
		var all []string
		for _, v := range env {
			if keep(v) {
				all = append(all, v.Name+"="+v.Value)
			}
		}
		slices.Sort(all)
		return slices.Equal(all, got)
	}
	var refused *EnvError
	if !errors.As(err, &refused) || refused.Reason != EnvTwoSpellings {
		return false
	}
	// Leave out one variable at a time, until the result is known.
	name := func(i int) string { return s.variable(vars[i]).Name }
	for i := range vars {
		if strings.EqualFold(name(i), name(refused.Index)) && hasEnv(s, slices.Delete(slices.Clone(vars), i, i+1), got, keep) {
			return true
		}
	}
	return false
}

func variables(env []string) []Variable {
	var vars []Variable
	for _, entry := range env {
		name, value, _ := strings.Cut(entry, "=")
		vars = append(vars, Variable{name, value})
	}
	return vars
}

// nodeLess leaves out the variables of the node that the recorder knew only as
// something that the container names too: it gives them no value, so the node's stay.
func nodeLess(r recorded.Start) []string {
	node := map[string]string{"SystemRoot": `C:\windows`, "PATHEXT": ".com;.exe;.bat;.cmd;.vbs;.vbe;.js;.jse;.wsf;.wsh"}
	for _, v := range variables(r.Env) {
		if v.Value != "" {
			delete(node, v.Name)
		}
	}
	return slices.DeleteFunc(slices.Clone(r.Got), func(entry string) bool {
		name, value, _ := strings.Cut(entry, "=")
		return node[name] == value
	})
}

func TestRecordedStarts(t *testing.T) {
	compared := 0
	for _, r := range recorded.Starts(t) {
		for _, version := range r.Versions {
			if diffs := startDiffs(r, shimOf(t, version, r.Bind)); diffs != nil {
				t.Errorf("hcsshim %s says otherwise about %q: %+v", version, diffs, r)
			}
			compared++
		}
	}
	t.Logf("%d comparisons", compared)
	if compared < 637 {
		t.Error("fewer than there were")
	}
}

func TestRecordedEnvironments(t *testing.T) {
	compared := 0
	for _, r := range recorded.Environments(t) {
		for _, version := range r.Versions {
			if diffs := environmentDiffs(r, shimOf(t, version, r.Bind)); diffs != nil {
				t.Errorf("hcsshim %s says otherwise about %q: %+v", version, diffs, r)
			}
			compared++
		}
	}
	t.Logf("%d comparisons", compared)
	if compared < 182 {
		t.Error("fewer than there were")
	}
}

// A model of another version disagrees with each record. With the right root it
// disagrees about what the versions do differently: the bind filter about each line
// and most directories, the shim that has a PATH of its own about each search.
func TestRecordsOfOtherVersions(t *testing.T) {
	for _, right := range shims(t) {
		for _, wrong := range shims(t) {
			if wrong == right {
				continue
			}
			rooted := wrong
			rooted.Root = right.Root
			all, same := 0, map[string]int{}
			for _, r := range recorded.Starts(t) {
				if shimOf(t, r.Versions[0], r.Bind) != right {
					continue
				}
				all++
				if len(startDiffs(r, wrong)) == 0 {
					t.Errorf("%+v agrees: %+v", wrong, r)
				}
				diffs := startDiffs(r, rooted)
				for _, diff := range diffs {
					same[diff]++
				}
				if slices.Contains(diffs, "line") != (wrong.Bind != right.Bind) {
					t.Errorf("%+v, which has the right root, disagrees about %q: %+v", wrong, diffs, r)
				}
			}
			for _, r := range recorded.Environments(t) {
				if shimOf(t, r.Versions[0], r.Bind) != right {
					continue
				}
				all++
				refused := slices.ContainsFunc(r.Env, func(entry string) bool { return strings.Contains(entry, "\x00") })
				if len(environmentDiffs(r, wrong)) == 0 && !refused {
					t.Errorf("%+v agrees: %+v", wrong, r)
				}
				diffs := environmentDiffs(r, rooted)
				for _, diff := range diffs {
					same[diff]++
				}
				if slices.Contains(diffs, "search") != (wrong.OwnPath != right.OwnPath && !refused) {
					t.Errorf("%+v, which has the right root, disagrees about %q: %+v", wrong, diffs, r)
				}
			}
			t.Logf("%d records of %+v, as those of %+v: none agrees; with the right root these differ: %v", all, right, wrong, same)
		}
	}
}

// TestRecordsCanFail changes each column of the records.
func TestRecordsCanFail(t *testing.T) {
	for _, r := range recorded.Starts(t) {
		s := shimOf(t, r.Versions[0], r.Bind)
		for i, change := range []func(*recorded.Start){
			func(r *recorded.Start) { r.Line += " " },
			func(r *recorded.Start) { r.Dir += "x" },
			func(r *recorded.Start) { r.Got = append([]string{"A=more than there is"}, r.Got...) },
			func(r *recorded.Start) { r.Got = r.Got[1:] },
			func(r *recorded.Start) { r.Args = append([]string{"x"}, r.Args...) },
			func(r *recorded.Start) { r.Cwd = "another" },
		} {
			changed := r
			change(&changed)
			if len(startDiffs(changed, s)) == 0 {
				t.Errorf("change %d isn't noticed: %+v", i, changed)
			}
		}
	}
	for _, r := range recorded.Environments(t) {
		s := shimOf(t, r.Versions[0], r.Bind)
		for i, change := range []func(*recorded.Environment){
			func(r *recorded.Environment) { r.Got = append(slices.Clone(r.Got), "X=more than there is") },
			func(r *recorded.Environment) { r.Search += "x" },
			func(r *recorded.Environment) { r.Env = append([]string{"A=x"}, r.Env...) },
		} {
			changed := r
			change(&changed)
			if len(environmentDiffs(changed, s)) == 0 && !strings.Contains(strings.Join(r.Env, ""), "\x00") {
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

// Go refuses to start a process with a zero byte in its arguments, with or without cmd.
func TestZeroByteStartsNothing(t *testing.T) {
	for _, shell := range []bool{false, true} {
		got, err := Route{Root: BindRoot, Shell: shell}.Arguments([]string{"a.exe", "b\x00c"})
		if got != nil || reasonOf(err) != ZeroByte {
			t.Errorf("with cmd %t: %q, %v", shell, got, err)
		}
	}
}
