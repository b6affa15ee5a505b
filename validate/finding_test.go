// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate_test

import (
	"errors"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/utils/ptr"

	"github.com/hostprocess-go/sdk/accounts"
	"github.com/hostprocess-go/sdk/validate"
	"github.com/hostprocess-go/sdk/volumes"
)

// For each mountPath that package volumes refuses on a node, there is a finding that
// unwraps to the same error.
func TestFindingOfARefusedMountPath(t *testing.T) {
	anyNode := validate.Validator{Targets: []validate.Target{validate.NewTarget(volumes.Runtime{}, volumes.ModeBind), validate.NewTarget(volumes.Runtime{}, volumes.ModeSymlinkHPC)}}
	for _, path := range []string{"", "C:", "D:", "/", `D:\`, "D:data", "/a:b", "/${A}:b", `\\server\share`, `\\.\pipe\x`, `\\?\x`, "a\x00"} {
		_, err := volumes.ModeBind.Resolve(path)
		var want, got *volumes.PathError
		if !errors.As(err, &want) {
			t.Fatalf("%q is not refused: %v", path, err)
		}
		spec := hostProcessSpec()
		spec.Containers[0].VolumeMounts = []corev1.VolumeMount{{Name: "data", MountPath: path}}
		for _, f := range anyNode.PodSpec(spec, nil) {
			if errors.As(f, &got) && *got != *want {
				t.Errorf("%q: %s unwraps to %v, want %v", path, f.Rule, got, want)
			}
		}
		if got == nil {
			t.Errorf("%q: no finding unwraps to %v", path, want)
		}
	}
}

func TestFindingOfARefusedAccount(t *testing.T) {
	for _, name := range []string{"", "a|b", "ContainerUser", "SYSTEM", `.\agents`, `CONTOSO\agent`, "7", "agents."} {
		_, err := accounts.Parse(name)
		var want, got *accounts.ParseError
		if !errors.As(err, &want) {
			t.Fatalf("%q is not refused: %v", name, err)
		}
		spec := hostProcessSpec()
		spec.SecurityContext.WindowsOptions.RunAsUserName = ptr.To(name)
		for _, f := range (validate.Validator{}).PodSpec(spec, nil) {
			if errors.As(f, &got) && *got != *want {
				t.Errorf("%q: %s unwraps to %v, want %v", name, f.Rule, got, want)
			}
		}
		if got == nil {
			t.Errorf("%q: no finding unwraps to %v", name, want)
		}
	}
}

// hostProcessSpec is a pod with one container and one volume, data.
func hostProcessSpec() *corev1.PodSpec {
	return &corev1.PodSpec{
		HostNetwork:     true,
		OS:              &corev1.PodOS{Name: corev1.Windows},
		NodeSelector:    map[string]string{corev1.LabelOSStable: "windows"},
		SecurityContext: &corev1.PodSecurityContext{WindowsOptions: &corev1.WindowsSecurityContextOptions{HostProcess: ptr.To(true), RunAsUserName: ptr.To(string(accounts.LocalService))}},
		Containers:      []corev1.Container{{Name: "agent", Image: "image"}},
		Volumes:         []corev1.Volume{{Name: "data"}},
	}
}
