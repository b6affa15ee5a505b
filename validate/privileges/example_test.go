// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package privileges_test

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/utils/ptr"

	"github.com/hostprocess-go/sdk/validate/privileges"
)

// as is the securityContext of a container that runs as an account.
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
	//    Use accounts.LocalService if the program neither changes the node (services, network, registry, files of the system) nor reads what only administrators may.
	//    Otherwise make a local group with NewGroup, grant it the paths that the program needs, and run the pod as it with WithGroup (containerd 1.7 or later).
	//    The other account needs Read access to C:\Windows\Logs, which is mounted at /logs.
}
