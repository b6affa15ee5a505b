// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate_test

import (
	"fmt"
	"log"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"

	"github.com/hostprocess-go/sdk/validate"
)

// whatChanges compares the findings for a workload on today's nodes with those for the
// nodes after an upgrade.
func whatChanges(object *appsv1.DaemonSet, today, upgraded validate.Validator) (validate.Changes, error) {
	before, err := today.Object(object)
	if err != nil {
		return validate.Changes{}, err
	}
	after, err := upgraded.Object(object)
	return validate.Diff(before, after), err
}

// Before nodes are upgraded from containerd 1.6 to 2.3, find the new problems of each
// workload, and the workarounds that are no longer needed.
func Example_upgrade() {
	yes, user := true, `NT AUTHORITY\SYSTEM`
	agent := &appsv1.DaemonSet{}
	agent.Spec.Template.Spec = corev1.PodSpec{
		OS:           &corev1.PodOS{Name: corev1.Windows},
		NodeSelector: map[string]string{corev1.LabelOSStable: "windows"},
		HostNetwork:  true,
		SecurityContext: &corev1.PodSecurityContext{WindowsOptions: &corev1.WindowsSecurityContextOptions{
			HostProcess: &yes, RunAsUserName: &user,
		}},
		Containers: []corev1.Container{{
			Name:         "agent",
			Image:        "registry.example.com/agent:1.4",
			Command:      []string{"powershell.exe", "-Command", "Set-Location agent\n.\\agent.exe"},
			WorkingDir:   "%CONTAINER_SANDBOX_MOUNT_POINT%",
			Env:          []corev1.EnvVar{{Name: "AGENT_CONFIG", Value: "/etc/agent/agent.yaml"}, {Name: "HTTP_PROXY"}},
			VolumeMounts: []corev1.VolumeMount{{Name: "config", MountPath: "/etc/agent"}},
		}},
		Volumes: []corev1.Volume{{Name: "config", VolumeSource: corev1.VolumeSource{ConfigMap: &corev1.ConfigMapVolumeSource{}}}},
	}

	old, err := validate.ParseTarget("1.6.36/kubelet-1.31")
	if err != nil {
		log.Fatal(err)
	}
	young, err := validate.ParseTarget("2.3.4/kubelet-1.36")
	if err != nil {
		log.Fatal(err)
	}
	changes, err := whatChanges(agent,
		validate.Validator{Targets: []validate.Target{old}, KubernetesMinor: 31},
		validate.Validator{Targets: []validate.Target{young}, KubernetesMinor: 36})
	if err != nil {
		log.Fatal(err)
	}
	for _, f := range changes.New {
		fmt.Println("new:", f.Severity, f.Rule, f.Field)
	}
	for _, f := range changes.Cured {
		fmt.Println("cured:", f.Severity, f.Rule, f.Field)
	}
	fmt.Println("unchanged:", len(changes.Unchanged))
	// Output:
	// new: error command-newline spec.template.spec.containers[0].command[2]
	// cured: warning env-mount-path spec.template.spec.containers[0].env[0].value
	// unchanged: 1
}
