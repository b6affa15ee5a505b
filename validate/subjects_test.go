// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate_test

import (
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"

	"github.com/hostprocess-go/sdk/validate"
)

// The findings must be the same for few volumes, which are searched, and for many, which
// are found in a map.
func TestManyVolumes(t *testing.T) {
	for _, count := range []int{3, 31, 32, 33, 100} {
		p := representative()
		p.Spec.Volumes, p.Spec.InitContainers = nil, nil
		p.Spec.Containers = p.Spec.Containers[:1]
		p.Spec.Containers[0].VolumeMounts = nil
		mount := func(volume, path string) {
			p.Spec.Containers[0].VolumeMounts = append(p.Spec.Containers[0].VolumeMounts, corev1.VolumeMount{Name: volume, MountPath: path})
		}
		for i := range count - 1 {
			name := "v" + strconv.Itoa(i)
			p.Spec.Volumes = append(p.Spec.Volumes, corev1.Volume{Name: name, VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}}})
			mount(name, "/data/"+name)
		}
		p.Spec.Volumes = append(p.Spec.Volumes, corev1.Volume{Name: "pipe", VolumeSource: corev1.VolumeSource{HostPath: &corev1.HostPathVolumeSource{Path: `\\.\pipe\agent`}}})
		mount("pipe", "/pipe")
		mount("missing", "/missing")
		p.Spec.Volumes = append(p.Spec.Volumes, corev1.Volume{Name: "unmounted", VolumeSource: corev1.VolumeSource{HostPath: &corev1.HostPathVolumeSource{Path: `\\.\pipe\other`}}})
		mount("v1", "/data/v0")

		got := map[validate.RuleID]int{}
		for _, finding := range (validate.Validator{Targets: everyMode}).Pod(p) {
			got[finding.Rule]++
		}
		want := map[validate.RuleID]int{"named-pipe-mount": 1, "mount-name": 1, "mount-path-duplicate": 1}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%d volumes (-want +got):\n%s", count, diff)
		}
	}
}
