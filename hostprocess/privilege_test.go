// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package hostprocess_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/utils/ptr"

	"github.com/hostprocess-go/sdk/accounts"
	"github.com/hostprocess-go/sdk/hostprocess"
)

func ExamplePrivileges() {
	spec, err := hostprocess.New(accounts.LocalService,
		hostprocess.NewContainer("agent", "registry.example.com/agent:1.4"),
		hostprocess.NewContainer("logs", "registry.example.com/logs:2").
			WithRunAs(accounts.LocalSystem).
			WithMount(hostprocess.HostPath(`C:\Windows\Logs`), "/logs", hostprocess.ReadOnly())).
		Build()
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, p := range hostprocess.Privileges(spec) {
		fmt.Println(p.Container, "-", p.Level)
		for _, step := range p.Less {
			fmt.Println("  ", step)
		}
	}
	// Output:
	// agent - local service
	// logs - local system
	//    Use accounts.LocalService if the program neither changes the node (services, network, registry, files of the system) nor reads what only administrators may.
	//    Otherwise make a local group with NewGroup, grant it the paths that the program needs, and run the pod as it with WithGroup (containerd 1.7 or later).
	//    The other account needs Read access to C:\Windows\Logs, which is mounted at /logs.
}

func TestPrivileges(t *testing.T) {
	as := func(user string) *corev1.SecurityContext {
		return &corev1.SecurityContext{WindowsOptions: &corev1.WindowsSecurityContextOptions{RunAsUserName: &user}}
	}
	spec := &corev1.PodSpec{
		SecurityContext: &corev1.PodSecurityContext{WindowsOptions: &corev1.WindowsSecurityContextOptions{RunAsUserName: ptr.To("agents")}},
		InitContainers:  []corev1.Container{{Name: "init", SecurityContext: as(`NT AUTHORITY\system`)}},
		Containers: []corev1.Container{
			{Name: "group"},
			{Name: "network", SecurityContext: as(`NT AUTHORITY\NetworkService`)},
			{Name: "users", SecurityContext: as("Users")},
			{Name: "admins", SecurityContext: as("Administrators")},
			{Name: "wrong", SecurityContext: as("ContainerAdministrator\\x\\y")},
			{Name: "local", SecurityContext: as(`NT AUTHORITY\LocalService`)},
		},
		EphemeralContainers: []corev1.EphemeralContainer{{EphemeralContainerCommon: corev1.EphemeralContainerCommon{Name: "debug"}}},
	}
	type row struct {
		Field   string
		Level   accounts.Privilege
		FromPod bool
		Failed  bool
		Less    int
	}
	var got []row
	for _, p := range hostprocess.Privileges(spec) {
		got = append(got, row{p.Field, p.Level, p.FromPod, p.Reason != nil, len(p.Less)})
		if (p.Account == nil) != (p.Reason != nil) || !strings.Contains(p.String(), p.Container) {
			t.Errorf("%s: account %v, reason %v, %q", p.Field, p.Account, p.Reason, p)
		}
	}
	want := []row{
		{"initContainers[0]", accounts.PrivilegeLocalSystem, false, false, 3},
		{"containers[0]", accounts.PrivilegeUnknown, true, false, 1},
		{"containers[1]", accounts.PrivilegeNetworkService, false, false, 1},
		{"containers[2]", accounts.PrivilegeUser, false, false, 0},
		{"containers[3]", accounts.PrivilegeAdministrator, false, false, 2},
		{"containers[4]", accounts.PrivilegeUnknown, false, true, 0},
		{"containers[5]", accounts.PrivilegeLocalService, false, false, 0},
		{"ephemeralContainers[0]", accounts.PrivilegeUnknown, true, false, 1},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if got := hostprocess.Privileges(nil); got != nil {
		t.Errorf("Privileges(nil) = %v", got)
	}
	if got := hostprocess.Privileges(&corev1.PodSpec{Containers: []corev1.Container{{Name: "a"}}}); len(got) != 1 || got[0].Reason == nil {
		t.Errorf("without a user: %v", got)
	}
}

func TestZeroContainerPrivilege(t *testing.T) {
	if got := (hostprocess.ContainerPrivilege{Container: "c", Field: "containers[0]"}).String(); got != "c (containers[0]) runs as nobody" {
		t.Errorf("says %q", got)
	}
}
