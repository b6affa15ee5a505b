// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package hostprocess_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/utils/ptr"

	"github.com/hostprocess-go/sdk/accounts"
	"github.com/hostprocess-go/sdk/hostprocess"
)

func ExampleFrom() {
	spec := &corev1.PodSpec{Containers: []corev1.Container{{Name: "agent", Image: "registry.example.com/agent:1.4"}}}
	built, err := hostprocess.From(spec).
		WithRunAs(accounts.LocalService).
		EditContainer("agent", func(c hostprocess.Container) hostprocess.Container {
			return c.WithCommand(hostprocess.ImageProgram("agent.exe", "--port", "9100")).WithPort("metrics", 9100)
		}).
		Build()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(built.Containers[0].Command, built.HostNetwork, built.OS.Name)
	// Output:
	// [%CONTAINER_SANDBOX_MOUNT_POINT%\agent.exe --port 9100] true windows
}

// existing is a pod with fields that no method sets.
func existing(t *testing.T) *corev1.PodSpec {
	t.Helper()
	spec := build(t, pod(other().WithPort("metrics", 80).WithMount(hostprocess.HostPath(`C:\data`), "/data", hostprocess.ReadOnly())).
		WithInitContainers(hostprocess.NewContainer("init", "i").WithCommand(hostprocess.RawCommand("a.exe"))))
	spec.NodeSelector["a"] = "1"
	spec.Affinity = &corev1.Affinity{NodeAffinity: &corev1.NodeAffinity{RequiredDuringSchedulingIgnoredDuringExecution: &corev1.NodeSelector{
		NodeSelectorTerms: []corev1.NodeSelectorTerm{{MatchExpressions: []corev1.NodeSelectorRequirement{{Key: "x", Operator: corev1.NodeSelectorOpExists}}}},
	}}}
	spec.SchedulerName, spec.RuntimeClassName, spec.ImagePullSecrets = "s", ptr.To("r"), []corev1.LocalObjectReference{{Name: "p"}}
	spec.EphemeralContainers = []corev1.EphemeralContainer{{EphemeralContainerCommon: corev1.EphemeralContainerCommon{Name: "debug", Image: "d"}}}
	agent := &spec.Containers[0]
	agent.Ports = []corev1.ContainerPort{{ContainerPort: 81, HostPort: 81, Protocol: corev1.ProtocolUDP}}
	agent.SecurityContext = &corev1.SecurityContext{WindowsOptions: &corev1.WindowsSecurityContextOptions{RunAsUserName: ptr.To("agents")}}
	agent.Lifecycle = &corev1.Lifecycle{PreStop: &corev1.LifecycleHandler{Exec: &corev1.ExecAction{Command: []string{"stop.exe"}}}}
	return spec
}

// From keeps everything.
func TestFrom(t *testing.T) {
	spec := existing(t)
	if diff := cmp.Diff(spec, build(t, hostprocess.From(spec))); diff != "" {
		t.Errorf("(-before +after)\n%s", diff)
	}
	changed := hostprocess.From(spec).WithRunAs(accounts.LocalSystem).
		EditContainer("agent", func(c hostprocess.Container) hostprocess.Container {
			return c.WithMount(hostprocess.ConfigMap("a"), "/a").WithPostStart(hostprocess.Exec(hostprocess.RawCommand("start.exe"))).WithRunAs(accounts.LocalService)
		})
	want := spec.DeepCopy()
	want.SecurityContext.WindowsOptions.RunAsUserName = ptr.To(`NT AUTHORITY\SYSTEM`)
	want.Containers[0].SecurityContext.WindowsOptions.RunAsUserName = ptr.To(`NT AUTHORITY\Local Service`)
	want.Containers[0].Lifecycle.PostStart = &corev1.LifecycleHandler{Exec: &corev1.ExecAction{Command: []string{"start.exe"}}}
	want.Containers[0].VolumeMounts = append(want.Containers[0].VolumeMounts, corev1.VolumeMount{Name: "configmap-a", MountPath: "/a"})
	want.Volumes = append(want.Volumes, corev1.Volume{Name: "configmap-a", VolumeSource: corev1.VolumeSource{ConfigMap: &corev1.ConfigMapVolumeSource{LocalObjectReference: corev1.LocalObjectReference{Name: "a"}}}})
	before := spec.DeepCopy()
	if diff := cmp.Diff(want, build(t, changed)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if diff := cmp.Diff(before, spec); diff != "" {
		t.Errorf("the input was changed\n%s", diff)
	}
}

// A pod whose containers all have an account needs none of its own.
func TestFromWithoutPodAccount(t *testing.T) {
	spec := build(t, pod())
	spec.SecurityContext.WindowsOptions.RunAsUserName = nil
	spec.Containers[0].SecurityContext = &corev1.SecurityContext{WindowsOptions: &corev1.WindowsSecurityContextOptions{RunAsUserName: ptr.To("agents")}}
	if diff := cmp.Diff(spec, build(t, hostprocess.From(spec))); diff != "" {
		t.Errorf("(-before +after)\n%s", diff)
	}
}

func TestFromMistakes(t *testing.T) {
	for name, test := range map[string]struct {
		pod  hostprocess.Pod
		want []string
	}{
		"nil":        {hostprocess.From(nil), []string{"/From spec nil", "/From account nil", "/NewPod containers nil"}},
		"no account": {hostprocess.From(&corev1.PodSpec{Containers: []corev1.Container{{Name: "a", Image: "a"}}}), []string{"/From account nil"}},
		"account taken away": {hostprocess.From(&corev1.PodSpec{Containers: []corev1.Container{{Name: "a", Image: "a",
			SecurityContext: &corev1.SecurityContext{WindowsOptions: &corev1.WindowsSecurityContextOptions{RunAsUserName: ptr.To("agents")}}}}}).
			WithRunAs(nil), []string{"/WithRunAs account nil"}},
		"account of the containers alone": {hostprocess.NewPod(nil, agent().WithRunAs(accounts.LocalSystem)), []string{"/NewPod account nil"}},
		"account": {hostprocess.From(&corev1.PodSpec{
			SecurityContext: &corev1.PodSecurityContext{WindowsOptions: &corev1.WindowsSecurityContextOptions{RunAsUserName: ptr.To("ContainerUser")}},
			Containers:      []corev1.Container{{Name: "a", Image: "a"}}}), []string{`/From account "ContainerUser"`}},
		"privileged": {hostprocess.From(&corev1.PodSpec{Containers: []corev1.Container{{Name: "a", Image: "a", SecurityContext: &corev1.SecurityContext{Privileged: ptr.To(true)}}}}).
			WithRunAs(accounts.LocalService), []string{"a/From securityContext.privileged"}},
		"host PID":        {hostprocess.From(&corev1.PodSpec{HostPID: true, Containers: []corev1.Container{{Name: "a", Image: "a"}}}).WithRunAs(accounts.LocalService), []string{"/From hostPID"}},
		"no such name":    {pod().EditContainer("x", func(c hostprocess.Container) hostprocess.Container { return c }), []string{`/EditContainer name "x"`}},
		"nothing to call": {pod().EditContainer("agent", nil), []string{"/EditContainer change nil"}},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, calls(t, test.pod)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}
