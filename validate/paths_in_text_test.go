// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
)

func TestAbsolutePaths(t *testing.T) {
	for word, want := range map[string][]string{
		"/etc/agent":                             {"/etc/agent"},
		`C:\etc\agent`:                           {`C:\etc\agent`},
		`--config=c:/etc/agent,/var/x`:           {"c:/etc/agent,", "/var/x"},
		"unix:///csi/csi.sock":                   {"///csi/csi.sock"},
		"/a,/b":                                  {"/a,", "/b"},
		`unix://C:\csi\csi.sock`:                 {`C:\csi\csi.sock`},
		"https://host/etc/agent":                 nil,
		`\\server\share`:                         nil,
		`\\.\pipe\docker`:                        nil,
		"etc/agent ./x ../y":                     nil,
		"$(DIR)/x %DIR%/y $env:DIR/z":            nil,
		`%CONTAINER_SANDBOX_MOUNT_POINT%/etc /x`: {"/x"},
	} {
		var got []string
		for path := range pathText(word).absolutePaths {
			got = append(got, path)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("paths of %q (-want +got):\n%s", word, diff)
		}
	}
}

func TestBelow(t *testing.T) {
	for _, test := range []struct {
		text, dir string
		want      bool
	}{
		{"/etc/agent", "/etc/agent", true},
		{`C:\ETC\\agent\x.yaml --verbose`, "etc/agent/", true},
		{"/etc/agent;", "/etc/agent", true},
		{"/etc/agent.yaml", "/etc/agent", false},
		{"/etc/agent-2/x", "/etc/agent", false},
		{"/etc", "/etc/agent", false},
		{`D:\data`, "/data", false},
		{`d:\data`, "D:/data", true},
		{"/anything", "/", false},
		{"", "", false},
		{"/Z/A", "/z/a", true},
		{"/a_", "/a\x7f", false},
		{"/[", "/{", false},
	} {
		if got := below(test.text, test.dir); got != test.want {
			t.Errorf("below(%q, %q) is %t", test.text, test.dir, got)
		}
	}
}

func TestMountIndex(t *testing.T) {
	var c container
	c.Container = &corev1.Container{}
	for i := range 2 * few {
		c.VolumeMounts = append(c.VolumeMounts, corev1.VolumeMount{MountPath: fmt.Sprintf(`C:\data\%d`, i)})
	}
	c.VolumeMounts = append(c.VolumeMounts, corev1.VolumeMount{MountPath: "/data"}, corev1.VolumeMount{MountPath: "/"})
	many, one := newMountIndex(c), mountIndex{mounts: c.VolumeMounts}
	if many.byHash == nil {
		t.Fatal("the index of many mounts isn't one")
	}
	for text, want := range map[string]int{
		"/data/7/x.yaml": 7, `c:\DATA\\63\ `: 63, "/data/64": 2 * few, "/data": 2 * few, "/dat": -1, "/data.old/7": -1, "": -1,
	} {
		if a, b := many.find(text), one.find(text); a != want || b != want {
			t.Errorf("%q is in mount %d by hash and %d one by one, want %d", text, a, b, want)
		}
	}
	inner := mountIndex{mounts: []corev1.VolumeMount{{MountPath: "/a/b"}, {MountPath: "/a"}}}
	if got := inner.find("/a/b/x"); got != 0 {
		t.Errorf("of nested mounts, the path is in %d", got)
	}
	if !same("/a/", `C:\A`) || same("/a", "/a/b") || same("/a/b", "/a") {
		t.Error("same")
	}
}

func TestPathOnly(t *testing.T) {
	eachIs(t, "pathOnly", pathOnly, map[string]string{
		"": "", "/etc/agent": "/etc/agent", `C:\etc x`: `C:\etc`, "/etc)": "/etc", "/etc|x": "/etc", `/etc"`: "/etc", "/": "/", "C": "C", "C:": "C:", "/a:b": "/a",
	})
	for word, want := range map[string]bool{`\\x`: true, "//": true, `\\\x`: false, "/x": false, "/": false, "///": false} {
		if isServer(word, 0) != want {
			t.Errorf("isServer(%q) is %t", word, !want)
		}
	}
	for word, want := range map[string]bool{`c:\`: true, `:\`: false, `1:\`: false, `ab:\`: false, `"c:\`: true} {
		if i := len(word) - 1; hasDrive(word, i) != want {
			t.Errorf("hasDrive(%q) is %t", word, !want)
		}
	}
}

func eachIs[In, Out comparable](t *testing.T, name string, f func(In) Out, want map[In]Out) {
	t.Helper()
	for in, out := range want {
		if got := f(in); got != out {
			t.Errorf("%s(%#v) is %#v, want %#v", name, in, got, out)
		}
	}
}
