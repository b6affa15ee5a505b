// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
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

// TestPlainEnvIsUsual makes sure that the short cut is taken.
func TestPlainEnvIsUsual(t *testing.T) {
	for _, value := range []string{"info", "example.com:8443", "a,b;c=d", "10Mi", "unix", "etc/agent"} {
		if !plainValue(value) {
			t.Errorf("%q is not plain", value)
		}
	}
}
