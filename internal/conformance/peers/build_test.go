// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package peers

import (
	"encoding/json"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	applycorev1 "k8s.io/client-go/applyconfigurations/core/v1"
	st "k8s.io/kubernetes/pkg/scheduler/testing"
	"k8s.io/utils/ptr"

	"github.com/hostprocess-go/sdk/accounts"
	"github.com/hostprocess-go/sdk/hostprocess"
	"github.com/hostprocess-go/sdk/volumes"
)

const (
	image   = "registry.example.com/agent:1.4"
	program = `%CONTAINER_SANDBOX_MOUNT_POINT%\agent.exe`
	sandbox = "%CONTAINER_SANDBOX_MOUNT_POINT%"
)

// config and logs are the volumes of the pod.
var (
	config = corev1.VolumeSource{ConfigMap: &corev1.ConfigMapVolumeSource{LocalObjectReference: corev1.LocalObjectReference{Name: "agent"}}}
	logs   = corev1.VolumeSource{HostPath: &corev1.HostPathVolumeSource{Path: `C:\var\log`}}
)

// described returns the pod of the benchmarks, made by calls of the builder.
func described() hostprocess.Pod {
	return hostprocess.NewPod(accounts.LocalService,
		hostprocess.NewContainer("agent", image).
			WithCommand(hostprocess.RawCommand(program, "--verbose")).
			WithEnv("LOG_LEVEL", "info").
			WithMount(hostprocess.NewVolume("config", config), "/etc/agent").
			WithMount(hostprocess.NewVolume("log", logs), "/var/log/agent"))
}

// literal returns the same pod as a literal, without the builder.
func literal() *corev1.PodSpec {
	return &corev1.PodSpec{
		AutomountServiceAccountToken: ptr.To(false),
		OS:                           &corev1.PodOS{Name: corev1.Windows},
		NodeSelector:                 map[string]string{corev1.LabelOSStable: "windows"},
		HostNetwork:                  true,
		SecurityContext: &corev1.PodSecurityContext{WindowsOptions: &corev1.WindowsSecurityContextOptions{
			HostProcess: ptr.To(true), RunAsUserName: ptr.To(`NT AUTHORITY\Local Service`),
		}},
		Containers: []corev1.Container{{
			Name: "agent", Image: image, WorkingDir: sandbox,
			Command: []string{program, "--verbose"},
			Env:     []corev1.EnvVar{{Name: "LOG_LEVEL", Value: "info"}},
			VolumeMounts: []corev1.VolumeMount{
				{Name: "config", MountPath: "/etc/agent"},
				{Name: "log", MountPath: "/var/log/agent"},
			},
		}},
		Volumes: []corev1.Volume{
			{Name: "config", VolumeSource: corev1.VolumeSource{ConfigMap: &corev1.ConfigMapVolumeSource{LocalObjectReference: corev1.LocalObjectReference{Name: "agent"}}}},
			{Name: "log", VolumeSource: corev1.VolumeSource{HostPath: &corev1.HostPathVolumeSource{Path: `C:\var\log`}}},
		},
	}
}

// applied is the same pod as an apply configuration of client-go.
func applied() *applycorev1.PodSpecApplyConfiguration {
	return applycorev1.PodSpec().
		WithAutomountServiceAccountToken(false).
		WithOS(applycorev1.PodOS().WithName(corev1.Windows)).
		WithNodeSelector(map[string]string{corev1.LabelOSStable: "windows"}).
		WithHostNetwork(true).
		WithSecurityContext(applycorev1.PodSecurityContext().WithWindowsOptions(applycorev1.WindowsSecurityContextOptions().
			WithHostProcess(true).WithRunAsUserName(`NT AUTHORITY\Local Service`))).
		WithContainers(applycorev1.Container().
			WithName("agent").WithImage(image).WithWorkingDir(sandbox).
			WithCommand(program, "--verbose").
			WithEnv(applycorev1.EnvVar().WithName("LOG_LEVEL").WithValue("info")).
			WithVolumeMounts(
				applycorev1.VolumeMount().WithName("config").WithMountPath("/etc/agent"),
				applycorev1.VolumeMount().WithName("log").WithMountPath("/var/log/agent"))).
		WithVolumes(
			applycorev1.Volume().WithName("config").WithConfigMap(applycorev1.ConfigMapVolumeSource().WithName("agent")),
			applycorev1.Volume().WithName("log").WithHostPath(applycorev1.HostPathVolumeSource().WithPath(`C:\var\log`)))
}

// wrapped returns the parts of that pod that the scheduler's test wrappers can express.
func wrapped() *corev1.Pod {
	return st.MakePod().
		NodeSelector(map[string]string{corev1.LabelOSStable: "windows"}).
		Containers([]corev1.Container{st.MakeContainer().Name("agent").Image(image).Obj()}).
		Volume(corev1.Volume{Name: "config", VolumeSource: corev1.VolumeSource{ConfigMap: &corev1.ConfigMapVolumeSource{LocalObjectReference: corev1.LocalObjectReference{Name: "agent"}}}}).
		Volume(corev1.Volume{Name: "log", VolumeSource: corev1.VolumeSource{HostPath: &corev1.HostPathVolumeSource{Path: `C:\var\log`}}}).
		Obj()
}

// TestAllBuildTheSamePod: the benchmarks build the same pod.
func TestAllBuildTheSamePod(t *testing.T) {
	spec, err := described().Build()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(literal(), spec); diff != "" {
		t.Errorf("literal and builder differ (-literal +builder):\n%s", diff)
	}
	var fromApplied corev1.PodSpec
	data, err := json.Marshal(applied())
	if err == nil {
		err = json.Unmarshal(data, &fromApplied)
	}
	if diff := cmp.Diff(literal(), &fromApplied); diff != "" || err != nil {
		t.Errorf("literal and apply configuration differ (-literal +apply): %v\n%s", err, diff)
	}
}

func BenchmarkBuild(b *testing.B) {
	b.Run("ours", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := described().Build(); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("ours-described-once", func(b *testing.B) {
		b.ReportAllocs()
		pod := described()
		for b.Loop() {
			if _, err := pod.Build(); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("struct-literal", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			literal()
		}
	})
	b.Run("DeepCopy", func(b *testing.B) {
		b.ReportAllocs()
		spec := literal()
		for b.Loop() {
			spec.DeepCopy()
		}
	})
	b.Run("apply-configuration", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			applied()
		}
	})
	b.Run("scheduler-wrappers", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			wrapped()
		}
	})
}

// BenchmarkPath finds a mount inside a container. path/filepath joins and
// cleans, on the host it runs on, and knows no modes.
func BenchmarkPath(b *testing.B) {
	for _, mode := range []volumes.Mode{volumes.ModeSymlink16, volumes.ModeBind, volumes.ModeSymlinkHPC} {
		b.Run("ours-"+mode.String(), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := mode.Resolve("/etc/agent/config"); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("filepath-Join", func(b *testing.B) {
		b.ReportAllocs()
		root := "/C/0123456789abcdef"
		for b.Loop() {
			filepath.Join(root, "/etc/agent/config")
		}
	})
}
