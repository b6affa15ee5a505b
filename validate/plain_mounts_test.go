// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
)

// FuzzPlainMounts holds the short cut to its promise: where it says that there
// is nothing to say, the rules say nothing.
func FuzzPlainMounts(f *testing.F) {
	f.Add("/etc/agent /etc/rules", "config", true, "")
	f.Add("/var/log/agent /var/log/agent/x", "config", false, "")     // nested
	f.Add("/var/lib/kubelet /dev", "config", false, "")               // of the node
	f.Add("/a/../b /a//b /a/. /a. /.a /a./b /A", "config", false, "") // untidy
	f.Add("/windows /hpc /k /users/x", "data", true, "/dev/termination-log")
	f.Add("/log/end /log", "missing", true, "/log/end") // a termination log of its own
	f.Add("", "", false, "/")
	targets := []Target{{Mode: 1}, {Mode: 2}, {Mode: 3}}
	f.Fuzz(func(t *testing.T, paths, volume string, readOnly bool, log string) {
		spec := &corev1.PodSpec{Volumes: []corev1.Volume{
			{Name: "config", VolumeSource: corev1.VolumeSource{ConfigMap: &corev1.ConfigMapVolumeSource{}}},
			{Name: "data", VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}}},
		}}
		c := container{Container: &corev1.Container{TerminationMessagePath: log}, kind: regularContainer}
		for _, path := range strings.Split(paths, " ") {
			c.VolumeMounts = append(c.VolumeMounts, corev1.VolumeMount{Name: volume, MountPath: path, ReadOnly: readOnly})
		}
		r := run{subject: subject{pod: pod{spec: spec, minor: NewestKubernetesMinor, nodes: behaviours(targets)}}, targets: targets}
		r.pod.volumes = newIndex(len(spec.Volumes), r.pod.volumeName)
		if !r.pod.hasPlainMounts(c) {
			return
		}
		if r.judgeMounts(c); r.found != nil {
			t.Errorf("mounts that are called plain have findings: %v", r.found)
		}
	})
}

// TestPlainMountsAreUsual makes sure that the short cut is taken.
func TestPlainMountsAreUsual(t *testing.T) {
	for _, path := range []string{"/etc/agent", "/var/log/agent", "/opt/agent-2/conf.d/a_b", "/run/x", "/data"} {
		if !plainPath(path) {
			t.Errorf("%q is not plain", path)
		}
	}
}
