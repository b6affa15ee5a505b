// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package privileges_test

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/utils/ptr"

	"github.com/hostprocess-go/sdk/validate/privileges"
)

// as returns the securityContext of a container that runs as an account.
func as(runAsUserName string) *corev1.SecurityContext {
	return &corev1.SecurityContext{WindowsOptions: &corev1.WindowsSecurityContextOptions{
		HostProcess: ptr.To(true), RunAsUserName: &runAsUserName,
	}}
}

func Example() {
	spec := &corev1.PodSpec{
		Containers: []corev1.Container{
			{Name: "agent", SecurityContext: as(`NT AUTHORITY\Local Service`)},
			{
				Name: "logs", SecurityContext: as(`NT AUTHORITY\SYSTEM`),
				VolumeMounts: []corev1.VolumeMount{{Name: "logs", MountPath: "/logs", ReadOnly: true}},
			},
		},
		Volumes: []corev1.Volume{{Name: "logs", VolumeSource: corev1.VolumeSource{
			HostPath: &corev1.HostPathVolumeSource{Path: `C:\Windows\Logs`},
		}}},
	}
	for _, c := range privileges.Of(spec) {
		fmt.Println(c.Name, "-", c.Level)
		for _, step := range c.Less {
			fmt.Println("  ", step)
		}
	}
	// Output:
	// agent - local service
	// logs - local system
	//    Run as NT AUTHORITY\Local Service if the program doesn't change the node (services, network, registry, system files) and doesn't read what only administrators can read.
	//    Otherwise create a local group, grant it the paths that the program needs, and run the container as the group (containerd 1.7 or later; in Go, hostprocess.NewGroup and Pod.WithGroup).
	//    The new account needs Read access to C:\Windows\Logs, which is mounted at /logs.
}
