// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"

	"github.com/hostprocess-go/sdk/internal/cmdline"
)

func TestBadSandbox(t *testing.T) {
	env := container{Container: &corev1.Container{Env: []corev1.EnvVar{{Name: "REST", Value: `etc\x`}, {Name: "ROOTED", Value: `\etc\x`}, {Name: cmdline.SandboxVariable, Value: "x"}}}}.variables()
	for _, test := range []struct {
		text     string
		by       cmdline.Shell
		want     string
		replaced bool
	}{
		{`%CONTAINER_SANDBOX_MOUNT_POINT%\x $env:CONTAINER_SANDBOX_MOUNT_POINT/x`, cmdline.NoShell, "", true},
		{`"$env:CONTAINER_SANDBOX_MOUNT_POINT"`, cmdline.NoShell, "", true},
		{"CONTAINER_SANDBOX_MOUNT_POINT=x", cmdline.NoShell, "", true},
		{"%container_sandbox_mount_point%", cmdline.NoShell, "%container_sandbox_mount_point%", true},
		{"%container_sandbox_mount_point%", cmdline.CmdShell, "", true},
		{"%CONTAINER_SANDBOX_MOUNTPOINT%", cmdline.CmdShell, "%CONTAINER_SANDBOX_MOUNTPOINT%", true},
		{"%CONTAINER_SANDBOX_MOUNT_POINT", cmdline.NoShell, "%CONTAINER_SANDBOX_MOUNT_POINT", true},
		{"$Env:CONTAINER_SANDBOX_MOUNT_POINT", cmdline.NoShell, "$Env:CONTAINER_SANDBOX_MOUNT_POINT", true},
		{"$Env:CONTAINER_SANDBOX_MOUNT_POINT", cmdline.PowerShell, "", true},
		{"${env:CONTAINER_SANDBOX_MOUNT_POINT}", cmdline.PowerShell, "", true},
		{"${env:CONTAINER_SANDBOX_MOUNT_POINT}", cmdline.UnknownShell, "${env:CONTAINER_SANDBOX_MOUNT_POINT}", true},
		{"$Env:CONTAINER_SANDBOX_MOUNT", cmdline.PowerShell, "$Env:CONTAINER_SANDBOX_MOUNT", true},
		{"$CONTAINER_SANDBOX_MOUNT_POINT/x", cmdline.PowerShell, "$CONTAINER_SANDBOX_MOUNT_POINT", true},
		{"${CONTAINER_SANDBOX_MOUNT_POINT}", cmdline.NoShell, "${CONTAINER_SANDBOX_MOUNT_POINT}", true},
		// The container sets the variable by hand, and the kubelet replaces it.
		{"$(CONTAINER_SANDBOX_MOUNT_POINT)", cmdline.NoShell, "", true},
		{"$(CONTAINER_SANDBOX_MOUNTPOINT)", cmdline.NoShell, "$(CONTAINER_SANDBOX_MOUNTPOINT)", true},
		{"%CONTAINER_SANDBOX_MOUNT_POINT%etc", cmdline.NoShell, "%CONTAINER_SANDBOX_MOUNT_POINT%e", true},
		{"$env:CONTAINER_SANDBOX_MOUNT_POINT_X", cmdline.PowerShell, "$env:CONTAINER_SANDBOX_MOUNT_POINT_X", true},
		{`$env:CONTAINER_SANDBOX_MOUNT_POINT.TrimEnd('\')`, cmdline.PowerShell, "$env:CONTAINER_SANDBOX_MOUNT_POINT.", true},
		{`%CONTAINER_SANDBOX_MOUNT_POINT%..\x`, cmdline.NoShell, "", true},
		{"%CONTAINER_SANDBOX_MOUNT_POINT%$(REST)", cmdline.NoShell, "%CONTAINER_SANDBOX_MOUNT_POINT%$(REST)", true},
		{"%CONTAINER_SANDBOX_MOUNT_POINT%$(ROOTED)$(OTHER)", cmdline.NoShell, "", true},
		// If nothing is replaced, PowerShell expands one of the tokens, but not the other.
		{`$env:CONTAINER_SANDBOX_MOUNT_POINT.TrimEnd('\')`, cmdline.PowerShell, "", false},
		{`%CONTAINER_SANDBOX_MOUNT_POINT%\x`, cmdline.PowerShell, "%CONTAINER_SANDBOX_MOUNT_POINT%", false},
		{"$env:CONTAINER_SANDBOX_MOUNT_POINT_X", cmdline.PowerShell, "$env:CONTAINER_SANDBOX_MOUNT_POINT_X", false},
	} {
		if got, why := badSandboxReference(test.text, test.by, env, test.replaced); got != test.want || (why == "") != (got == "") {
			t.Errorf("%q: found %q (%s), want %q", test.text, got, why, test.want)
		}
	}
}

func TestBehindRoot(t *testing.T) {
	exec := func(words ...string) *corev1.ExecAction { return &corev1.ExecAction{Command: words} }
	c := container{Container: &corev1.Container{
		Env:            []corev1.EnvVar{{Name: "A"}, {Name: "B"}, {Name: "NO"}, {Name: "HOOK"}},
		Command:        []string{cmdline.CmdToken + `\a.exe`, "--plain"},
		LivenessProbe:  &corev1.Probe{ProbeHandler: corev1.ProbeHandler{Exec: exec("a", "$x")}},
		ReadinessProbe: &corev1.Probe{ProbeHandler: corev1.ProbeHandler{Exec: exec(`%CONTAINER_SANDBOX%\$(NO) `+cmdline.CmdToken+`\$(A)`, cmdline.PowerShellToken+"/$(B)", cmdline.CmdToken+"x$(NO)")}},
		Lifecycle:      &corev1.Lifecycle{PreStop: &corev1.LifecycleHandler{Exec: exec(cmdline.CmdToken + `\$(HOOK)`)}},
	}}
	if diff := cmp.Diff(map[string]bool{"A": true, "B": true}, c.behindRoot(c.variables())); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
