// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate_test

import (
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/utils/ptr"

	"github.com/hostprocess-go/sdk/accounts"
	"github.com/hostprocess-go/sdk/internal/recorded"
	"github.com/hostprocess-go/sdk/validate"
	"github.com/hostprocess-go/sdk/volumes"
)

// recordedNodes returns the versions of containerd with a record, as targets.
func recordedNodes(t *testing.T, shim recorded.Shim) []validate.Target {
	t.Helper()
	var targets []validate.Target
	for _, version := range shim.Versions {
		runtime, err := volumes.ParseRuntime(recorded.Versions[version])
		if err != nil {
			t.Fatal(err)
		}
		mode := volumes.ModeSymlinkHPC
		if shim.Bind || !runtime.LocalGroups() {
			mode = volumes.ModeUnknown // what is usual for the version
		}
		targets = append(targets, validate.NewTarget(runtime, mode))
	}
	return targets
}

func recordedPod(account string, env []string) *corev1.Pod {
	pod := &corev1.Pod{Spec: corev1.PodSpec{
		OS:           &corev1.PodOS{Name: corev1.Windows},
		HostNetwork:  true,
		NodeSelector: map[string]string{corev1.LabelOSStable: "windows"},
		SecurityContext: &corev1.PodSecurityContext{WindowsOptions: &corev1.WindowsSecurityContextOptions{
			HostProcess: ptr.To(true), RunAsUserName: &account,
		}},
		Containers: []corev1.Container{{Name: "agent", Image: "registry.example.com/agent:1.4", Command: []string{"agent.exe"}, WorkingDir: "%CONTAINER_SANDBOX_MOUNT_POINT%"}},
	}}
	for _, entry := range env {
		name, value, _ := strings.Cut(entry, "=")
		pod.Spec.Containers[0].Env = append(pod.Spec.Containers[0].Env, corev1.EnvVar{Name: name, Value: value})
	}
	return pod
}

// A name is an error exactly on the nodes whose shim fails to log it on. The name of a
// local group is no error if the shim supports groups, because any node may have the
// group.
func TestAccountsLikeRecordedLogons(t *testing.T) {
	compared, errors := 0, 0
	for _, r := range recorded.Logons(t) {
		account, _ := accounts.Parse(r.User)
		_, group := account.(accounts.LocalGroup)
		for _, target := range recordedNodes(t, r.Shim) {
			want := r.Err != "" && !(group && target.Runtime().LocalGroups())
			found := (validate.Validator{Targets: []validate.Target{target}}).Pod(recordedPod(r.User, nil))
			got := slices.ContainsFunc(found, func(f validate.Finding) bool {
				return f.Severity == validate.SeverityError && strings.HasSuffix(f.Field, "runAsUserName")
			})
			if got != want {
				t.Errorf("%s on %s: error %t, want %t: %v", r.User, target, got, want, found)
			}
			compared++
			if want {
				errors++
			}
		}
	}
	if compared < 324 || errors == 0 || errors == compared {
		t.Errorf("%d comparisons, %d errors", compared, errors)
	}
}

// A variable is reported exactly for the nodes on which the process gets another value
// than the pod has, or none.
func TestVariablesLikeRecordedOnes(t *testing.T) {
	compared, lost := 0, 0
	compare := func(shim recorded.Shim, env, got []string, withPath bool) {
		for _, target := range recordedNodes(t, shim) {
			found := (validate.Validator{Targets: []validate.Target{target}}).Pod(recordedPod(`NT AUTHORITY\SYSTEM`, env))
			for name, want := range lostVariables(target, env, got) {
				if name == "path" && !withPath {
					continue
				}
				finds := slices.ContainsFunc(found, func(f validate.Finding) bool {
					return spoilsVariable[f.Rule] && sameVariable(env[f.Element().Index], name)
				})
				if finds != want {
					t.Errorf("%q on %s: %s is lost: %t, found: %t (%v); got %q", env, target, name, want, finds, found, got)
				}
				compared++
				if want {
					lost++
				}
			}
		}
	}
	for _, r := range recorded.Starts(t) {
		compare(r.Shim, r.Env, r.Got, false)
	}
	for _, r := range recorded.Environments(t) {
		compare(r.Shim, r.Env, r.Got, true)
	}
	t.Logf("%d comparisons, %d variables lost", compared, lost)
	if compared < 900 || lost < 100 {
		t.Error("fewer than there were")
	}
}

var spoilsVariable = map[validate.RuleID]bool{"env-empty": true, "env-name-blank": true, "env-name-case": true, "env-sandbox-overridden": true, "env-zero-byte": true}

// sameVariable reports whether an entry can be of a variable, whose name is in lower
// case.
func sameVariable(entry, name string) bool {
	of, _, _ := strings.Cut(entry, "=")
	return strings.TrimLeft(strings.ToLower(of), " \t\u00a0") == name
}

// lostVariables reports for each variable, by its name in lower case, whether the process
// lacks a value that the pod has. If zero bytes end the environment, it leaves out the
// variables without zero bytes, because it is random which of those the process gets.
func lostVariables(target validate.Target, env, got []string) map[string]bool {
	last := map[string]string{}
	ends := false
	for _, entry := range env {
		name, value, _ := strings.Cut(entry, "=")
		last[name] = value
		ends = ends || strings.Contains(entry+"\x00", "\x00\x00")
	}
	lost := map[string]bool{}
	for name, value := range last {
		if ends && !strings.Contains(value, "\x00") {
			continue
		}
		folded := strings.TrimLeft(strings.ToLower(name), " \t\u00a0")
		want := name + "=" + volumes.Substitute(value, target.Mode().Root(recorded.ID))
		gets := func(entry string) bool {
			path := strings.TrimRight(want, "; ") + ";" // to which the shim appends
			return entry == want || folded == "path" && strings.HasPrefix(entry, path)
		}
		lost[folded] = lost[folded] || value == "" || !slices.ContainsFunc(got, gets)
	}
	return lost
}

// If the program is just a file name, a PATH that the shim doesn't search as written is
// reported, and only for the nodes on which that is so.
func TestPathsLikeRecordedSearches(t *testing.T) {
	compared, spoilt := 0, 0
	for _, r := range recorded.Environments(t) {
		if len(r.Env) != 1 || !strings.HasPrefix(strings.ToLower(r.Env[0]), "path=") || strings.Contains(r.Env[0], "\x00") {
			continue
		}
		value := r.Env[0][len("PATH="):]
		for _, target := range recordedNodes(t, r.Shim) {
			searched := strings.TrimRight(volumes.Substitute(value, target.Mode().Root(recorded.ID)), " ")
			want := !target.RunsCmd() && strings.Trim(value, "; ") != "" && !strings.HasPrefix(r.Search, searched)
			found := (validate.Validator{Targets: []validate.Target{target}}).Pod(recordedPod(`NT AUTHORITY\SYSTEM`, r.Env))
			if got := slices.ContainsFunc(found, func(f validate.Finding) bool { return f.Rule == "env-path-spoilt" }); got != want {
				t.Errorf("%q on %s: found %t, want %t", r.Env, target, got, want)
			}
			compared++
			if want {
				spoilt++
			}
		}
	}
	t.Logf("%d comparisons, %d spoilt", compared, spoilt)
	if compared < 80 || spoilt < 20 || spoilt == compared {
		t.Error("fewer than there were")
	}
}
