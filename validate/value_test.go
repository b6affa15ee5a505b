// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

func TestValueAt(t *testing.T) {
	user, surge := `CORP\x`, intstr.FromString("10%")
	spec := &corev1.PodSpec{
		HostNetwork:     true,
		SecurityContext: &corev1.PodSecurityContext{WindowsOptions: &corev1.WindowsSecurityContextOptions{RunAsUserName: &user}},
		Volumes:         []corev1.Volume{{Name: "v", VolumeSource: corev1.VolumeSource{HostPath: &corev1.HostPathVolumeSource{Path: `C:\a`}}}},
		Containers: []corev1.Container{{
			Command: []string{"a", "b"}, Ports: []corev1.ContainerPort{{HostPort: 7}},
			Resources: corev1.ResourceRequirements{Limits: corev1.ResourceList{"memory": resource.MustParse("1Ki")}},
		}},
	}
	daemonSet := &appsv1.DaemonSet{Spec: appsv1.DaemonSetSpec{UpdateStrategy: appsv1.DaemonSetUpdateStrategy{RollingUpdate: &appsv1.RollingUpdateDaemonSet{MaxSurge: &surge}}}}
	for _, c := range []struct {
		object any
		path   string
		want   any
	}{
		{spec, "hostNetwork", true},
		{spec, "securityContext.windowsOptions.runAsUserName", user},
		{spec, "securityContext.windowsOptions.hostProcess", nil},
		{spec, "securityContext.windowsOptions", nil},
		{spec, "volumes[0].hostPath.path", `C:\a`},
		{spec, "volumes[0].emptyDir.medium", nil},
		{spec, "volumes[1].name", nil},
		{spec, "volumes[-1].name", nil},
		{spec, "volumes[x].name", nil},
		{spec, "volumes.name", nil},
		{spec, "hostNetwork.x", nil},
		{spec, "hostNetwork[0]", nil},
		{spec, "noSuchField", nil},
		{spec, "containers[0].command[1]", "b"},
		{spec, "containers[0].ports[0].hostPort", int64(7)},
		{spec, "containers[0].resources.limits[memory]", "1Ki"},
		{spec, "containers[0].resources.limits[cpu]", nil},
		{spec, "[0]", nil},
		{spec, "", nil},
		{nil, "x", nil},
		{(*corev1.PodSpec)(nil), "hostNetwork", nil},
		{&metav1.ObjectMeta{Annotations: map[string]string{"example.com/a.b": "c"}}, "annotations[example.com/a.b]", "c"},
		{daemonSet, "spec.updateStrategy.rollingUpdate.maxSurge", "10%"},
		{&corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: "n"}}, "metadata.name", "n"},
	} {
		if got := valueAt(c.object, c.path); got != c.want {
			t.Errorf("%T %s: %v, want %v", c.object, c.path, got, c.want)
		}
	}
}
