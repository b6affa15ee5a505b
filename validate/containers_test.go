// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/hostprocess-go/sdk/validate"
	"github.com/hostprocess-go/sdk/volumes"
)

// FuzzContainerRules judges pods with any text where people write paths, names
// and values: nothing may panic, and the findings are the same each time.
func FuzzContainerRules(f *testing.F) {
	f.Add(`\\.\pipe\x`, "//./pipe/x", "", "", "PATH", "", int64(0))                  // pipes
	f.Add("C:", "D:data", "/", "%container_sandbox_mount_point%", "", "x", int64(1)) // drives
	f.Add(`C:\Windows`, "/k", "a/../b", "$CONTAINER_SANDBOX_MOUNT_POINT", "Path", `%PATH%;C:\x`, int64(1<<20))
	f.Add("/a\x00b", "é\xff", "..", "bin", "container_sandbox_mount_point", "$env:CONTAINER_SANDBOX_MOUNT_POINT", int64(-1))
	f.Add("/etc//x.sock", "\\??\\C:", "x.sock", "D:", "KUBECONFIG", "127.0.0.1", int64(1<<62))
	f.Fuzz(func(t *testing.T, hostPath, mountPath, subPath, dir, name, value string, memory int64) {
		container := corev1.Container{
			Name: name, WorkingDir: dir, TerminationMessagePath: subPath,
			Args:         []string{"--listen=" + value, "kubectl " + value},
			Env:          []corev1.EnvVar{{Name: name, Value: value}, {Name: strings.ToUpper(name)}},
			Ports:        []corev1.ContainerPort{{ContainerPort: 9100, HostIP: value}},
			Resources:    corev1.ResourceRequirements{Limits: corev1.ResourceList{corev1.ResourceMemory: *resource.NewQuantity(memory, resource.BinarySI)}},
			VolumeMounts: []corev1.VolumeMount{{Name: "a", MountPath: mountPath, SubPath: subPath, ReadOnly: true}, {Name: "b", MountPath: hostPath}, {Name: name, MountPath: subPath}},
		}
		p := representative()
		p.Spec.InitContainers = append(p.Spec.InitContainers, container)
		p.Spec.Containers = append(p.Spec.Containers, container)
		p.Spec.EphemeralContainers = []corev1.EphemeralContainer{{EphemeralContainerCommon: corev1.EphemeralContainerCommon(container)}}
		p.Spec.Volumes = append(p.Spec.Volumes,
			corev1.Volume{Name: "a", VolumeSource: corev1.VolumeSource{HostPath: &corev1.HostPathVolumeSource{Path: hostPath}}},
			corev1.Volume{Name: "b", VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{Medium: corev1.StorageMedium(value)}}})
		for _, targets := range [][]validate.Target{nil, everyMode, {{Mode: volumes.ModeSymlink16}}} {
			v := validate.Validator{Targets: targets}
			first := v.Pod(p)
			if diff := cmp.Diff(first, v.Pod(p)); diff != "" {
				t.Errorf("the findings differ from run to run (-first +second):\n%s", diff)
			}
			for _, finding := range first {
				if finding.Message == "" || finding.Field == "" || finding.Fix == "" {
					t.Errorf("a finding is not whole: %+v", finding)
				}
			}
		}
	})
}
