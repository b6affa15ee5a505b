// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/hostprocess-go/sdk/validate"
)

// checkTraits makes sure that nothing is missed for the sake of speed: rules that
// are skipped because of what a subject has would have found nothing.
func checkTraits(t *testing.T, v validate.Validator, object runtime.Object, findings validate.Findings) {
	t.Helper()
	all, err := v.ObjectAssuming(object, ^uint64(0), 0)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(all, findings); diff != "" {
		t.Errorf("a trait is computed wrongly: with every rule tried, other things are found (-all +usual):\n%s", diff)
	}
}

// TestTraits hides each trait, and expects that a fixture is then judged wrongly:
// so a fixture fails if the trait is computed wrongly.
func TestTraits(t *testing.T) {
	shown := uint64(0)
	for _, path := range fixturePaths(t) {
		f := readFixture(t, path)
		findings, err := f.validator.Object(f.object)
		if err != nil {
			t.Fatal(err)
		}
		for bit := uint64(1); bit != 0; bit <<= 1 {
			if validate.Traits()&bit&^shown == 0 {
				continue
			}
			without, err := f.validator.ObjectAssuming(f.object, 0, bit)
			if err != nil {
				t.Fatal(err)
			}
			if len(without) < len(findings) {
				shown |= bit
			}
		}
	}
	if missing := validate.Traits() &^ shown; missing != 0 {
		t.Errorf("no fixture needs the traits %#x: write one that has nothing else, or leave the trait out", missing)
	}
}

// FuzzTraits tries paths, options and images that no fixture has.
func FuzzTraits(f *testing.F) {
	f.Add(`C:\Windows\System32`, "", false, "agent:1809")
	f.Add("/etc//agent/", "", true, "agent:1.4") // two separators, and one at the end
	f.Add(`.\\etc\\agent`, "a", false, "agent")  // doubled backslashes
	f.Add("/x/../hpc", "", false, "")            // another name than the first
	f.Add("a//b", "", false, ":")                // separators after a relative name
	f.Add("D:/a?b", "", false, "agent:{{ x }}")  // a reserved character
	f.Add("K:\\\u212a", "", true, "agent:$(X)")  // a letter that folds to k
	f.Add(`C:\var\run\x.SOCK`, "", false, "registry.example.com:5000/agent:x-ltsc2022@sha256:0")
	f.Add(`C:\%x%`, "", true, "agent:a-20h2")
	f.Add(`\pipe\x`, "", false, "windows:2004")
	f.Fuzz(func(t *testing.T, path, subPath string, readOnly bool, image string) {
		pod := representative()
		c, volume := &pod.Spec.Containers[0], &pod.Spec.Volumes[0]
		c.Image = image
		c.VolumeMounts = []corev1.VolumeMount{{Name: volume.Name, MountPath: path, SubPath: subPath, ReadOnly: readOnly}}
		v := validate.Validator{Targets: everyMode}
		checkTraits(t, v, pod, v.Pod(pod))
		volume.VolumeSource = corev1.VolumeSource{HostPath: &corev1.HostPathVolumeSource{Path: path}}
		checkTraits(t, v, pod, v.Pod(pod))
	})
}

// TestProbeTraits tries what rules look for in a probe, in each of the three.
func TestProbeTraits(t *testing.T) {
	v := validate.Validator{Targets: everyMode}
	for _, handler := range []corev1.ProbeHandler{
		{Exec: &corev1.ExecAction{Command: []string{`%CONTAINER_SANDBOX_MOUNT_POINT%\probe.exe`}}},
		{HTTPGet: &corev1.HTTPGetAction{Host: "127.0.0.1"}},
		{TCPSocket: &corev1.TCPSocketAction{Host: "127.0.0.1"}},
	} {
		for _, list := range []string{"livenessProbe", "readinessProbe", "startupProbe"} {
			pod := representative()
			c, probe := &pod.Spec.Containers[0], &corev1.Probe{ProbeHandler: handler}
			c.LivenessProbe, c.ReadinessProbe, c.StartupProbe = nil, nil, nil
			switch list {
			case "livenessProbe":
				c.LivenessProbe = probe
			case "readinessProbe":
				c.ReadinessProbe = probe
			case "startupProbe":
				c.StartupProbe = probe
			}
			findings := v.Pod(pod)
			if len(findings) == 0 {
				t.Errorf("nothing is found in %s: %v", list, probe)
			}
			checkTraits(t, v, pod, findings)
		}
	}
}

// TestResourceTraits tries quantities around those that rules are about, alone and with
// what a usual container has.
func TestResourceTraits(t *testing.T) {
	v := validate.Validator{Targets: everyMode}
	for _, name := range []corev1.ResourceName{corev1.ResourceCPU, corev1.ResourceMemory, corev1.ResourceEphemeralStorage, "hugepages-2Mi"} {
		for _, text := range []string{"-1", "0", "1n", "199m", "200m", "201m", "1", "1023Ki", "1Mi", "1025Ki", "150Mi", "200Mi", "201Mi", "200.5Mi", "1Ei", "1e30"} {
			list := corev1.ResourceList{name: resource.MustParse(text)}
			usual := corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("2"), corev1.ResourceMemory: resource.MustParse("1Gi")}
			both := usual.DeepCopy()
			both[name] = resource.MustParse(text)
			for _, resources := range []corev1.ResourceRequirements{{Limits: list}, {Requests: list}, {Limits: usual, Requests: list}, {Limits: list, Requests: usual}, {Limits: both, Requests: usual}, {Limits: usual, Requests: both}} {
				pod := representative()
				pod.Spec.Containers[0].Resources = resources
				checkTraits(t, v, pod, v.Pod(pod))
			}
		}
	}
}
