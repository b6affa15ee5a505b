// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"strconv"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"

	"github.com/hostprocess-go/sdk/volumes"
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

// TestPlainPath says exactly which paths the short cut takes.
func TestPlainPath(t *testing.T) {
	eachIs(t, "plainPath", plainPath, map[string]bool{
		"/etc/agent": true, "/var/log/agent": true, "/opt/agent-2/conf.d/a_b": true, "/run/x": true, "/data": true, "/a": true, "/a/.b": false,
		"/az09": true, "/0": true, "/z": true, "/9": true, "/a.b": true, "/_-": true,
		"": false, "/": false, "a": false, "aa": false, "a/b": false, "/a/": false, "/a.": false, "/a./b": false, "/a//b": false, "/a..b": false, "/.a": false, "//a": false,
		"/A": false, "/a b": false, "/a:": false, "/a`": false, "/a{": false, `/a\b`: false, "/é": false,
		"/dev": false, "/hpc": false, "/k": false, "/program files": false, "/users": false, "/var/run": false, "/var/log": false, "/windows": false,
	})
	for _, test := range []struct {
		a, b string
		want bool
	}{
		{"/a", "/a", true}, {"/a", "/a/b", true}, {"/a/b", "/a", true}, {"/a", "/ab", false}, {"/a/b", "/a/c", false}, {"/a/b", "/c", false},
	} {
		if nested(test.a, test.b) != test.want {
			t.Errorf("nested(%q, %q) is %t", test.a, test.b, !test.want)
		}
	}
}

// TestPlainMounts makes sure that the short cut is taken where it may be, and
// not where it may not.
func TestPlainMounts(t *testing.T) {
	spec := &corev1.PodSpec{Volumes: []corev1.Volume{
		{Name: "config", VolumeSource: corev1.VolumeSource{ConfigMap: &corev1.ConfigMapVolumeSource{}}},
		{Name: "data", VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}}},
		{Name: ""},
	}}
	many := func(n int) (mounts []corev1.VolumeMount) {
		for i := range n {
			mounts = append(mounts, corev1.VolumeMount{Name: "data", MountPath: "/data" + strconv.Itoa(i)})
		}
		return mounts
	}
	one := func(edit func(*corev1.VolumeMount)) corev1.Container {
		mount := corev1.VolumeMount{Name: "config", MountPath: "/etc/agent", ReadOnly: true}
		edit(&mount)
		return corev1.Container{VolumeMounts: []corev1.VolumeMount{mount}}
	}
	for name, test := range map[string]struct {
		container corev1.Container
		plain     bool
	}{
		"none":              {corev1.Container{}, true},
		"few":               {corev1.Container{VolumeMounts: many(few)}, true},
		"many":              {corev1.Container{VolumeMounts: many(few + 1)}, false},
		"device":            {corev1.Container{VolumeDevices: []corev1.VolumeDevice{{}}}, false},
		"log":               {corev1.Container{TerminationMessagePath: "/log"}, false},
		"usual log":         {corev1.Container{TerminationMessagePath: volumes.DefaultTerminationLog}, true},
		"read-only files":   {one(func(*corev1.VolumeMount) {}), true},
		"read-only data":    {one(func(m *corev1.VolumeMount) { m.Name = "data" }), false},
		"data":              {one(func(m *corev1.VolumeMount) { m.Name, m.ReadOnly = "data", false }), true},
		"no name":           {one(func(m *corev1.VolumeMount) { m.Name, m.ReadOnly = "", false }), false},
		"no volume":         {one(func(m *corev1.VolumeMount) { m.Name, m.ReadOnly = "x", false }), false},
		"odd path":          {one(func(m *corev1.VolumeMount) { m.MountPath = "C:" }), false},
		"subPath":           {one(func(m *corev1.VolumeMount) { m.SubPath = "x" }), false},
		"subPathExpr":       {one(func(m *corev1.VolumeMount) { m.SubPathExpr = "x" }), false},
		"mountPropagation":  {one(func(m *corev1.VolumeMount) { m.MountPropagation = new(corev1.MountPropagationMode) }), false},
		"recursiveReadOnly": {one(func(m *corev1.VolumeMount) { m.RecursiveReadOnly = new(corev1.RecursiveReadOnlyMode) }), false},
		"nested":            {corev1.Container{VolumeMounts: []corev1.VolumeMount{{Name: "data", MountPath: "/a"}, {Name: "data", MountPath: "/b"}, {Name: "data", MountPath: "/a/b"}}}, false},
		"the same":          {corev1.Container{VolumeMounts: []corev1.VolumeMount{{Name: "data", MountPath: "/a"}, {Name: "data", MountPath: "/a"}}}, false},
	} {
		if (pod{spec: spec}).hasPlainMounts(container{Container: &test.container}) != test.plain {
			t.Errorf("%s: plain is %t", name, !test.plain)
		}
	}
}
