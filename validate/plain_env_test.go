// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"strconv"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
)

// FuzzPlainEnv holds the short cut to its promise: where it says that there is
// nothing to say, the rules say nothing.
func FuzzPlainEnv(f *testing.F) {
	f.Add("LOG_LEVEL=info NODE=windows-1", "/etc/agent")
	f.Add("PATH=bin Path=C:/bin", "/etc/agent")                        // replaced
	f.Add("EMPTY= A", "/etc/agent")                                    // no value, or another source
	f.Add("A=1 a=2 B=3", "/etc/agent")                                 // alike
	f.Add("CONTAINER_SANDBOX_MOUNT_POINT=x", "/etc/agent")             // the runtime's own
	f.Add("CONFIG=/etc/agent/x TOKEN=/var/run/secrets", "/etc/agent")  // at a mountPath
	f.Add("X=%CONTAINER_SANDBOX_MOUNT_POINT%\\x Y=$env:TEMP", "/data") // references
	f.Add("ROOT=C:\\hpc\\x URL=http://host/etc/agent", "/etc/agent")   // a literal root
	targets := []Target{{Mode: 1}, {Mode: 2}, {Mode: 3}}
	if old, err := ParseTarget("1.6.5"); err == nil {
		targets = append(targets, old)
	}
	f.Fuzz(func(t *testing.T, env, mountPath string) {
		c := container{Container: &corev1.Container{VolumeMounts: []corev1.VolumeMount{{MountPath: mountPath}}}, kind: regularContainer}
		for _, assignment := range strings.Split(env, " ") {
			name, value, ok := strings.Cut(assignment, "=")
			e := corev1.EnvVar{Name: name, Value: value}
			if !ok {
				e.ValueFrom = &corev1.EnvVarSource{}
			}
			c.Env = append(c.Env, e)
		}
		if !c.hasPlainEnv() {
			return
		}
		r := run{subject: subject{pod: pod{spec: &corev1.PodSpec{}, minor: NewestKubernetesMinor, nodes: behaviours(targets)}}, targets: targets}
		if r.judgeEnv(c); r.found != nil {
			t.Errorf("variables that are called plain have findings: %v", r.found)
		}
	})
}

// TestPlainEnv makes sure that the short cut is taken where it may be, and not
// where it may not.
func TestPlainEnv(t *testing.T) {
	many := func(n int) (env []string) {
		for i := range n {
			env = append(env, "VALUE_"+strconv.Itoa(i)+"=x")
		}
		return env
	}
	for _, test := range []struct {
		plain bool
		env   []string
	}{
		{true, nil},
		{true, []string{"LEVEL=info", "SERVER=example.com:8443", "ITEMS=a,b;c=d", "MEM=10Mi", "PROTO=unix", "DIR=etc/agent", `DIR_2=etc\agent`}},
		{true, []string{"LEVEL"}}, // has another source
		{true, many(few)},
		{false, many(few + 1)},
		{false, []string{"LEVEL="}},
		{false, []string{"PATH=x"}},
		{false, []string{"ABCD=x"}}, // as long as PATH
		{false, []string{"CONTAINER_SANDBOX_MOUNT_POINT=x"}},
		{false, []string{"DIR=/etc"}},
		{false, []string{"DIR=%x%"}},
		{false, []string{"DIR=$x"}},
		{false, []string{"LEVEL=x", "level=y"}},
		{false, []string{"OTHER=x", "LEVEL=x", "LEVEL=y"}},
	} {
		c := container{Container: &corev1.Container{}}
		for _, assignment := range test.env {
			name, value, given := strings.Cut(assignment, "=")
			e := corev1.EnvVar{Name: name, Value: value}
			if !given {
				e.ValueFrom = &corev1.EnvVarSource{}
			}
			c.Env = append(c.Env, e)
		}
		if c.hasPlainEnv() != test.plain {
			t.Errorf("%q: plain is %t", test.env, !test.plain)
		}
	}
}
