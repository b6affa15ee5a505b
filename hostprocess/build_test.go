// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package hostprocess_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"

	"github.com/hostprocess-go/sdk/accounts"
	"github.com/hostprocess-go/sdk/hostprocess"
)

// A mount uses an existing volume of the spec, if it has that name and the same files. A
// volume of that name with other files isn't changed.
func TestVolumesOfASpec(t *testing.T) {
	config := corev1.VolumeSource{ConfigMap: &corev1.ConfigMapVolumeSource{LocalObjectReference: corev1.LocalObjectReference{Name: "a"}}}
	empty := corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}}
	for name, test := range map[string]struct {
		brought []corev1.Volume
		want    string // the name of the volume that is mounted
		added   bool
	}{
		"none":             {nil, "configmap-a", true},
		"same":             {[]corev1.Volume{{Name: "configmap-a", VolumeSource: config}}, "configmap-a", false},
		"same, last":       {[]corev1.Volume{{Name: "x", VolumeSource: empty}, {Name: "configmap-a", VolumeSource: config}}, "configmap-a", false},
		"other files":      {[]corev1.Volume{{Name: "configmap-a", VolumeSource: empty}}, "configmap-a-2", true},
		"files of another": {[]corev1.Volume{{Name: "x", VolumeSource: config}, {Name: "configmap-a", VolumeSource: empty}}, "configmap-a-2", true},
		"other name":       {[]corev1.Volume{{Name: "x", VolumeSource: config}}, "configmap-a", true},
		"both": {[]corev1.Volume{{Name: "configmap-a", VolumeSource: empty}, {Name: "configmap-a-2", VolumeSource: config}},
			"configmap-a-2", false},
	} {
		t.Run(name, func(t *testing.T) {
			spec := build(t, hostprocess.From(&corev1.PodSpec{
				Containers: []corev1.Container{{Name: "agent", Image: "image"}}, Volumes: test.brought,
			}).WithRunAs(accounts.LocalService).EditContainer("agent", func(c hostprocess.Container) hostprocess.Container {
				return c.WithMount(hostprocess.ConfigMap("a"), "/a")
			}))
			if diff := cmp.Diff([]corev1.VolumeMount{{Name: test.want, MountPath: "/a"}}, spec.Containers[0].VolumeMounts); diff != "" {
				t.Errorf("mounts (-want +got)\n%s", diff)
			}
			want := test.brought
			if test.added {
				want = append(want, corev1.Volume{Name: test.want, VolumeSource: config})
			}
			if diff := cmp.Diff(want, spec.Volumes); diff != "" {
				t.Errorf("volumes (-want +got)\n%s", diff)
			}
		})
	}
}

// A mistake that a method reports for a new container is a mistake of From for the
// containers of the spec.
func TestMistakesOfASpec(t *testing.T) {
	ports := []corev1.ContainerPort{{ContainerPort: 80}}
	p := hostprocess.From(&corev1.PodSpec{Containers: []corev1.Container{
		{Name: "first", Image: "image", Ports: ports}, {Name: "second", Image: "image", Ports: ports}, {Name: "second"},
	}}).WithRunAs(accounts.LocalService)
	want := []string{`second/From name "second"`, `second/From image ""`, `second/From ports[0].hostPort`}
	if diff := cmp.Diff(want, calls(t, p)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// The same ConfigMap becomes two volumes if one mount is optional and the other isn't, or
// if the mounts select different keys.
func TestVariantsOfAVolume(t *testing.T) {
	config := hostprocess.ConfigMap("a")
	optional := configMap("optional", corev1.ConfigMapVolumeSource{Optional: ptr.To(true)})
	key := configMap("key", corev1.ConfigMapVolumeSource{Items: []corev1.KeyToPath{{Key: "k", Path: "p"}}})
	spec := build(t, pod(other().WithMount(config, "/a").WithMount(optional, "/b").WithMount(key, "/c").
		WithMount(config, "/d").WithMount(optional, "/e").WithMount(key, "/f")))
	if len(spec.Volumes) != 3 {
		t.Errorf("volumes: %v", spec.Volumes)
	}
	mounts := spec.Containers[1].VolumeMounts
	for i := range 3 {
		if mounts[i].Name != mounts[i+3].Name || mounts[i].Name == mounts[(i+1)%3].Name {
			t.Errorf("mount %d is of %s, and %d of %s", i, mounts[i].Name, i+3, mounts[i+3].Name)
		}
	}
}

// A problem from before the edits is reported for the method that was called, and a
// problem of the edits for Edit.
func TestMistakesOfEdits(t *testing.T) {
	const shell = "/bin/sh"
	wrong := pod(other().WithCommand(hostprocess.RawCommand(shell)))
	for name, test := range map[string]struct {
		pod  hostprocess.Pod
		want []string
	}{
		"of a method": {wrong.Edit(func(*corev1.PodSpec) {}), []string{"other/WithCommand command[0]"}},
		"of both": {wrong.Edit(func(spec *corev1.PodSpec) { spec.Containers[0].Command = []string{shell} }),
			[]string{"agent/Edit command[0]", "other/WithCommand command[0]"}},
		"of both, another rule": {wrong.Edit(func(spec *corev1.PodSpec) { spec.HostNetwork = false }),
			[]string{"/Edit hostNetwork", "other/WithCommand command[0]"}},
		"of the edit": {pod().Edit(func(spec *corev1.PodSpec) { spec.Containers[0].Command = []string{shell} }), []string{"agent/Edit command[0]"}},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, calls(t, test.pod)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			_, err := test.pod.DaemonSet(metav1.ObjectMeta{Name: "x"})
			if diff := cmp.Diff(test.want, callsOf(t, err)); diff != "" {
				t.Errorf("in a DaemonSet (-want +got)\n%s", diff)
			}
		})
	}
}

// The same mistake in two containers, and two mistakes in one call, are all reported.
func TestSimilarMistakesAreTold(t *testing.T) {
	third := hostprocess.NewContainer("third", "image")
	for name, test := range map[string]struct {
		pod  hostprocess.Pod
		want []string
	}{
		"two containers": {pod(other().WithCommand(hostprocess.RawCommand("/bin/sh")), third.WithCommand(hostprocess.RawCommand("/bin/sh"))),
			[]string{"other/WithCommand command[0]", "third/WithCommand command[0]"}},
		"two fields": {pod(other().
			WithMount(hostprocess.ExistingVolume("a"), "/a").WithMount(hostprocess.ExistingVolume("b"), "/b")),
			[]string{"other/WithMount volumeMounts[0].name", "other/WithMount volumeMounts[1].name"}},
		"no account, and a command": {hostprocess.NewPod(nil, other().WithCommand(hostprocess.RawCommand("/bin/sh"))),
			[]string{"/NewPod account nil", "other/WithCommand command[0]"}},
		"command with a mount": {pod(other().WithMount(hostprocess.ConfigMap("a"), "/a").WithCommand(hostprocess.RawCommand("/bin/sh"))),
			[]string{"other/WithCommand command[0]"}},
		"init container": {pod().WithInitContainers(other().WithCommand(hostprocess.RawCommand("/bin/sh"))), []string{"other/WithCommand command[0]"}},
		"hook":           {pod(other().WithPreStop(hostprocess.Exec(hostprocess.RawCommand("/bin/sh")))), []string{"other/WithPreStop lifecycle.preStop.exec.command[0]"}},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, calls(t, test.pod)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}
