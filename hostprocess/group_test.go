// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package hostprocess_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
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

// A removal is done by an init container, because the containers of a DaemonSet are
// restarted when they end.
func TestGroupRemoval(t *testing.T) {
	set, err := agents().Removal().DaemonSet(metav1.ObjectMeta{Name: "remove-agents"})
	if err != nil {
		t.Fatal(err)
	}
	spec := set.Spec.Template.Spec
	script := scriptOf(t, spec.InitContainers[0])
	for _, part := range []string{"$group = 'agents'", `Revoke 'C:\ProgramData\agent'`, `Revoke 'C:\Windows\Logs'`, "Set-Access $path '/remove:g'", "/delete"} {
		if !strings.Contains(script, part) {
			t.Errorf("the script lacks %s\n%s", part, script)
		}
	}
	// All paths come before the failures are reported, and the group goes last.
	order := []string{`Revoke 'C:\ProgramData\agent'`, `Revoke 'C:\Windows\Logs'`, "if ($failures.Count -gt 0) { throw", "/delete"}
	for i := 1; i < len(order); i++ {
		if strings.Index(script, order[i-1]) > strings.Index(script, order[i]) {
			t.Errorf("%s comes before %s\n%s", order[i], order[i-1], script)
		}
	}
	if *spec.InitContainers[0].SecurityContext.WindowsOptions.RunAsUserName != `NT AUTHORITY\SYSTEM` {
		t.Error("an ordinary account can't remove a group")
	}
	if *spec.SecurityContext.WindowsOptions.RunAsUserName != accounts.LocalService.RunAsUserName() || spec.Containers[0].SecurityContext != nil {
		t.Error("what waits has more rights than it needs")
	}
	if wait := scriptOf(t, spec.Containers[0]); !strings.HasPrefix(wait, "while ($true) {") {
		t.Errorf("the container runs %s, which ends", wait)
	}
}

// By default the scripts are in the manifest, where a reviewer reads them; in a
// ConfigMap they are the same.
func TestGroupConfigMap(t *testing.T) {
	inManifest, inConfigMap := agents(), agents().WithConfigMap("groups")
	for name, pods := range map[string][2]hostprocess.Pod{
		"local-group-agents":        {pod().WithGroup(inManifest), pod().WithGroup(inConfigMap)},
		"remove-local-group-agents": {inManifest.Removal(), inConfigMap.Removal()},
	} {
		if maps, err := pods[0].ConfigMaps(""); err != nil || maps != nil {
			t.Errorf("%s: %v, %v", name, maps, err)
		}
		script := scriptOf(t, build(t, pods[0]).InitContainers[0])
		if c := build(t, pods[0]).InitContainers[0]; len(c.Env) != 1 || c.Env[0].Value != script {
			t.Errorf("%s: the manifest has %v", name, c.Env)
		}
		maps, err := pods[1].ConfigMaps("agents")
		if err != nil || len(maps) != 1 || maps[0].Name != "groups" {
			t.Fatalf("%s: %v, %v", name, maps, err)
		}
		if diff := cmp.Diff(map[string]string{name + ".ps1": script}, maps[0].Data); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
		if got := scriptOf(t, build(t, pods[1]).InitContainers[0]); got != `C:\var\run\hostprocess\groups\`+name+".ps1" {
			t.Errorf("%s runs %s", name, got)
		}
	}
}

// PowerShell reads any name or path as one string, and the rest of the script doesn't
// change.
func TestGroupNamesAndPathsCantInject(t *testing.T) {
	plain := scriptOf(t, build(t, pod().WithGroup(hostprocess.NewGroup("g").WithDirectory(`C:\x`, hostprocess.AccessModify))).InitContainers[0])
	for _, name := range []string{"a'b", "$(calc)", "a' 'b", "\u2019 calc #\u2018", "`$x", "a & calc", "--%x", "it''s", "\u201a\u201b"} {
		path := `C:\dir ` + name
		spec := build(t, pod().WithGroup(hostprocess.NewGroup(accounts.LocalGroup(name)).WithDirectory(path, hostprocess.AccessModify)))
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
	for i := range 1500 {
		many = many.WithAccess(fmt.Sprintf(`C:\path\%d`, i), hostprocess.AccessRead)
	}
	build(t, pod().WithGroup(many.WithConfigMap("groups")))
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
		"no drive":   {pod().WithGroup(hostprocess.NewGroup("g").WithDirectory(`\a`, hostprocess.AccessRead)), []string{`/WithDirectory path "\a"`}},
		"drive root": {pod().WithGroup(hostprocess.NewGroup("g").WithAccess(`C:\`, hostprocess.AccessRead)), []string{`/WithAccess path "C:\"`}},
		"wildcard":   {pod().WithGroup(hostprocess.NewGroup("g").WithAccess(`C:\a*`, hostprocess.AccessRead)), []string{`/WithAccess path "C:\a*"`}},
		"line break": {pod().WithGroup(hostprocess.NewGroup("g").WithAccess("C:\\a\n", hostprocess.AccessRead)), []string{`/WithAccess path "C:\a<U+000A>"`}},
		"config map": {pod().WithGroup(agents().WithConfigMap("A")), []string{`/WithConfigMap name "A"`}},
		"access":     {pod().WithGroup(hostprocess.NewGroup("g").WithAccess(`C:\a`, "W")), []string{`/WithAccess access "W"`}},
		"many":       {pod().WithGroup(many), []string{`/WithGroup group "g"`}},
		"built in":   {hostprocess.NewGroup(accounts.Administrators).Removal(), []string{`/Removal group "Administrators"`}},
		"containerd 1.6": {pod().WithGroup(agents()).For(validate.NewTarget(volumes.Runtime{}, volumes.ModeSymlink16), validate.Target{}),
			[]string{`/WithGroup account "agents"`}},
		"path not UTF-8": {pod().WithGroup(agents().WithDirectory("C:\\\xff", hostprocess.AccessModify)), []string{`/WithDirectory path "C:\<0xFF>"`}},
		"container on containerd 1.6": {pod(other().WithRunAs(accounts.Users)).For(validate.NewTarget(volumes.Runtime{}, volumes.ModeSymlink16)),
			[]string{`other/WithRunAs account "Users"`}},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, calls(t, test.pod)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// A path that is granted twice, in any spelling, is granted once, with the last access.
func TestGroupPathsAreGrantedOnce(t *testing.T) {
	g := hostprocess.NewGroup("g").WithDirectory(`C:\A`, hostprocess.AccessModify).WithAccess("c:/a/", hostprocess.AccessRead)
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

// Groups whose names look the same in a label are set up by containers of different names.
func TestGroupContainerNames(t *testing.T) {
	build(t, pod().WithGroup(hostprocess.NewGroup("a b")).WithGroup(hostprocess.NewGroup("a.b")))
}
