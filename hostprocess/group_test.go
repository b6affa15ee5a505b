// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package hostprocess_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/hostprocess-go/sdk/accounts"
	"github.com/hostprocess-go/sdk/hostprocess"
	"github.com/hostprocess-go/sdk/validate"
	"github.com/hostprocess-go/sdk/volumes"
)

func agents() hostprocess.Group {
	return hostprocess.NewGroup("agents").
		WithDirectory(`C:\ProgramData\agent\`, hostprocess.AccessModify).
		WithAccess("C:/Windows/Logs", hostprocess.AccessRead)
}

// scriptOf is what a container runs in PowerShell.
func scriptOf(t testing.TB, c corev1.Container) string {
	t.Helper()
	if len(c.Command) == 0 || c.Command[len(c.Command)-2] != "-EncodedCommand" {
		t.Fatalf("container %s runs %q", c.Name, c.Command)
	}
	return decode(t, c.Command[len(c.Command)-1])
}

func TestWithGroup(t *testing.T) {
	spec := build(t, pod(other().WithRunAs(accounts.NetworkService)).
		WithInitContainers(hostprocess.NewContainer("first", "image")).
		WithGroup(agents()))
	if got := *spec.SecurityContext.WindowsOptions.RunAsUserName; got != "agents" {
		t.Errorf("the pod runs as %q", got)
	}
	setUp := spec.InitContainers[0]
	if setUp.Name != "local-group-agents" || setUp.Image != hostprocess.BaseImage || *setUp.SecurityContext.WindowsOptions.RunAsUserName != `NT AUTHORITY\SYSTEM` {
		t.Errorf("the first init container is %v", setUp)
	}
	if spec.InitContainers[1].SecurityContext != nil || spec.Containers[0].SecurityContext != nil {
		t.Error("a container doesn't run as the group")
	}
	if got := *spec.Containers[1].SecurityContext.WindowsOptions.RunAsUserName; got != `NT AUTHORITY\NetworkService` {
		t.Errorf("a container with an account of its own runs as %q", got)
	}
	script := scriptOf(t, setUp)
	for _, line := range []string{
		"$group = 'agents'",
		`[void][IO.Directory]::CreateDirectory('C:\ProgramData\agent')`,
		`Grant 'C:\ProgramData\agent' 'M'`,
		`Grant 'C:\Windows\Logs' 'RX'`,
	} {
		if !strings.Contains(script, "\n"+line+"\n") {
			t.Errorf("the script lacks the line %s\n%s", line, script)
		}
	}
	if strings.Contains(script, `CreateDirectory('C:\Windows\Logs')`) {
		t.Error("the script makes a directory that was only to be granted")
	}
}

func TestGroupRemoval(t *testing.T) {
	job, err := agents().Removal().Job(metav1.ObjectMeta{Name: "remove-agents"})
	if err != nil {
		t.Fatal(err)
	}
	spec := job.Spec.Template.Spec
	script := scriptOf(t, spec.Containers[0])
	for _, part := range []string{"$group = 'agents'", `Set-Access 'C:\ProgramData\agent' '/remove:g'`, `Set-Access 'C:\Windows\Logs' '/remove:g'`, "/delete"} {
		if !strings.Contains(script, part) {
			t.Errorf("the script lacks %s\n%s", part, script)
		}
	}
	if *spec.SecurityContext.WindowsOptions.RunAsUserName != `NT AUTHORITY\SYSTEM` {
		t.Error("an ordinary account can't remove a group")
	}
}

// Whatever a name or path is made of, PowerShell reads it as one string, and the
// rest of the script stays as it is.
func TestGroupNamesAndPathsCantInject(t *testing.T) {
	plain := scriptOf(t, build(t, pod().WithGroup(hostprocess.NewGroup("g").WithDirectory(`C:\x`, hostprocess.AccessFull))).InitContainers[0])
	for _, name := range []string{"a'b", "$(calc)", "a' 'b", "\u2019 calc #\u2018", "`$x", "a & calc", "--%x", "it''s", "\u201a\u201b"} {
		path := `C:\dir ` + name
		spec := build(t, pod().WithGroup(hostprocess.NewGroup(accounts.LocalGroup(name)).WithDirectory(path, hostprocess.AccessFull)))
		code, strs := withoutStrings(scriptOf(t, spec.InitContainers[0]))
		wantCode, wantStrs := withoutStrings(plain)
		for i := range wantStrs {
			wantStrs[i] = map[string]string{"g": name, `C:\x`: path}[wantStrs[i]]
			if wantStrs[i] == "" {
				_, original := withoutStrings(plain)
				wantStrs[i] = original[i]
			}
		}
		if diff := cmp.Diff(wantStrs, strs); diff != "" {
			t.Errorf("%q: strings (-want +got)\n%s", name, diff)
		}
		if diff := cmp.Diff(wantCode, code); diff != "" {
			t.Errorf("%q: the rest of the script (-want +got)\n%s", name, diff)
		}
	}
}

func TestGroupMistakes(t *testing.T) {
	many := hostprocess.NewGroup("g")
	for i := range 200 {
		many = many.WithAccess(fmt.Sprintf(`C:\path\%d`, i), hostprocess.AccessRead)
	}
	for name, test := range map[string]struct {
		pod  hostprocess.Pod
		want []string
	}{
		"zero":       {pod().WithGroup(hostprocess.Group{}), []string{"/WithGroup group nil"}},
		"name":       {pod().WithGroup(hostprocess.NewGroup("a/b")), []string{`/NewGroup name "a/b"`}},
		"token":      {pod().WithGroup(hostprocess.NewGroup("--%")), []string{`/NewGroup name "--%"`}},
		"no name":    {pod().WithGroup(hostprocess.NewGroup("")), []string{`/NewGroup name ""`}},
		"no image":   {pod().WithGroup(hostprocess.NewGroup("g").WithImage("")), []string{"/WithGroup group nil"}},
		"relative":   {pod().WithGroup(hostprocess.NewGroup("g").WithAccess("a", hostprocess.AccessRead)), []string{`/WithAccess path "a"`}},
		"no drive":   {pod().WithGroup(hostprocess.NewGroup("g").WithDirectory(`\a`, hostprocess.AccessRead)), []string{`/WithDirectory path "\\a"`}},
		"drive root": {pod().WithGroup(hostprocess.NewGroup("g").WithAccess(`C:\`, hostprocess.AccessRead)), []string{`/WithAccess path "C:\\"`}},
		"wildcard":   {pod().WithGroup(hostprocess.NewGroup("g").WithAccess(`C:\a*`, hostprocess.AccessRead)), []string{`/WithAccess path "C:\\a*"`}},
		"line break": {pod().WithGroup(hostprocess.NewGroup("g").WithAccess("C:\\a\n", hostprocess.AccessRead)), []string{`/WithAccess path "C:\\a\n"`}},
		"access":     {pod().WithGroup(hostprocess.NewGroup("g").WithAccess(`C:\a`, "W")), []string{`/WithAccess access "W"`}},
		"many":       {pod().WithGroup(many), []string{`/WithGroup group "g"`}},
		"built in":   {hostprocess.NewGroup(accounts.Administrators).Removal(), []string{`/Removal group "Administrators"`}},
		"containerd 1.6": {pod().WithGroup(agents()).For(validate.Target{Mode: volumes.ModeSymlink16}, validate.Target{}),
			[]string{`/WithGroup account "agents"`}},
		"path not UTF-8": {pod().WithGroup(agents().WithDirectory("C:\\\xff", hostprocess.AccessFull)), []string{`/WithDirectory path "C:\\\xff"`}},
		"container on containerd 1.6": {pod(other().WithRunAs(accounts.Users)).For(validate.Target{Mode: volumes.ModeSymlink16}),
			[]string{`other/WithRunAs account "Users"`}},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, calls(t, test.pod)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// The same path twice, in whatever spelling, is granted once, as said last.
func TestGroupPathsAreGrantedOnce(t *testing.T) {
	g := hostprocess.NewGroup("g").WithDirectory(`C:\A`, hostprocess.AccessFull).WithAccess("c:/a/", hostprocess.AccessRead)
	script := scriptOf(t, build(t, pod().WithGroup(g)).InitContainers[0])
	if strings.Count(script, "\nGrant ") != 1 || !strings.Contains(script, `Grant 'c:\a' 'RX'`) {
		t.Errorf("script:\n%s", script)
	}
}

// Groups share no list of grants.
func TestGroupVariants(t *testing.T) {
	base := agents().WithAccess(`C:\b`, hostprocess.AccessRead)
	first := base.WithAccess(`C:\first`, hostprocess.AccessRead)
	before := scriptOf(t, build(t, pod().WithGroup(first)).InitContainers[0])
	base.WithAccess(`C:\second`, hostprocess.AccessRead)
	if after := scriptOf(t, build(t, pod().WithGroup(first)).InitContainers[0]); before != after {
		t.Errorf("the first variant was changed by the second\n%s", cmp.Diff(before, after))
	}
}
