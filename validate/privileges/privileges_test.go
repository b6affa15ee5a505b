// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package privileges_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/utils/ptr"

	"github.com/hostprocess-go/sdk/accounts"
	"github.com/hostprocess-go/sdk/hostprocess"
	"github.com/hostprocess-go/sdk/validate/privileges"
)

func build(t *testing.T, p hostprocess.Pod) *corev1.PodSpec {
	t.Helper()
	spec, err := p.Build()
	if err != nil {
		t.Fatal(err)
	}
	return spec
}

func TestOf(t *testing.T) {
	as := func(user string) *corev1.SecurityContext {
		return &corev1.SecurityContext{WindowsOptions: &corev1.WindowsSecurityContextOptions{RunAsUserName: &user}}
	}
	spec := &corev1.PodSpec{
		SecurityContext: &corev1.PodSecurityContext{WindowsOptions: &corev1.WindowsSecurityContextOptions{RunAsUserName: ptr.To("agents")}},
		InitContainers: []corev1.Container{
			{Name: "init", SecurityContext: as(`NT AUTHORITY\system`)},
			{Name: "init admins", SecurityContext: as("Administrators")},
			{Name: "init with a hook", SecurityContext: as(`NT AUTHORITY\SYSTEM`), Lifecycle: &corev1.Lifecycle{}},
		},
		Containers: []corev1.Container{
			{Name: "group"},
			{Name: "network", SecurityContext: as(`NT AUTHORITY\NetworkService`)},
			{Name: "users", SecurityContext: as("Users")},
			{Name: "admins", SecurityContext: as("Administrators")},
			{Name: "wrong", SecurityContext: as("ContainerAdministrator\\x\\y")},
			{Name: "local", SecurityContext: as(`NT AUTHORITY\LocalService`)},
			{Name: "system", SecurityContext: as(`NT AUTHORITY\SYSTEM`)},
		},
		EphemeralContainers: []corev1.EphemeralContainer{
			{EphemeralContainerCommon: corev1.EphemeralContainerCommon{Name: "debug"}},
			{EphemeralContainerCommon: corev1.EphemeralContainerCommon{Name: "debug again", SecurityContext: as("Administrators")}},
		},
	}
	type row struct {
		Container string
		Level     accounts.Privilege
		Less      int
	}
	var got []row
	for _, p := range privileges.Of(spec) {
		got = append(got, row{p.Name, p.Level, len(p.Less)})
	}
	want := []row{
		{"init", accounts.PrivilegeLocalSystem, 3},
		{"init admins", accounts.PrivilegeAdministrator, 2},
		{"init with a hook", accounts.PrivilegeLocalSystem, 2},
		{"group", accounts.PrivilegeUnknown, 1},
		{"network", accounts.PrivilegeNetworkService, 1},
		{"users", accounts.PrivilegeUser, 0},
		{"admins", accounts.PrivilegeAdministrator, 2},
		{"wrong", accounts.PrivilegeUnknown, 0},
		{"local", accounts.PrivilegeLocalService, 0},
		{"system", accounts.PrivilegeLocalSystem, 2},
		{"debug", accounts.PrivilegeUnknown, 1},
		{"debug again", accounts.PrivilegeAdministrator, 2},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if got := privileges.Of(nil); got != nil {
		t.Errorf("Privileges(nil) = %v", got)
	}
	if got := privileges.Of(&corev1.PodSpec{Containers: []corev1.Container{{Name: "a"}}}); len(got) != 1 || got[0].RunAsUserName != "" || got[0].Level != accounts.PrivilegeUnknown {
		t.Errorf("without a user: %v", got)
	}
}

// The paths of the node that are mounted are named, wherever their volumes are in
// the list.
func TestPrivilegePaths(t *testing.T) {
	spec := build(t, hostprocess.NewPod(accounts.Administrators, hostprocess.NewContainer("other", "image").
		WithMount(hostprocess.ConfigMap("a"), "/etc/a").
		WithMount(hostprocess.HostPath(`C:\data`), "/data").
		WithMount(hostprocess.HostPath(`C:\logs`), "/logs", hostprocess.ReadOnly())))
	less := privileges.Of(spec)[0].Less
	want := []string{
		`The new account needs Modify access to C:\data, which is mounted at /data.`,
		`The new account needs Read access to C:\logs, which is mounted at /logs.`,
	}
	if diff := cmp.Diff(want, less[max(0, len(less)-len(want)):]); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestPrivilegesSayWhoseAccount(t *testing.T) {
	spec := build(t, hostprocess.NewPod(accounts.LocalService, hostprocess.NewContainer("agent", "image"), hostprocess.NewContainer("other", "image").WithRunAs(accounts.LocalSystem)))
	for i, want := range []string{`NT AUTHORITY\Local Service`, `NT AUTHORITY\SYSTEM`} {
		if got := privileges.Of(spec)[i].RunAsUserName; got != want {
			t.Errorf("says %q\nwant %q", got, want)
		}
	}
}
