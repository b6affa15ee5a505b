// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

// Api prints a pod and a DaemonSet of k8s.io/api, and imports nothing else.
package main

import (
	"encoding/json"
	"os"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
)

func main() {
	pod := corev1.PodSpec{HostNetwork: true, Containers: []corev1.Container{{Name: "agent", Image: "registry.example.com/agent:1.4"}}}
	template := corev1.PodTemplateSpec{Spec: pod}
	out := json.NewEncoder(os.Stdout)
	for _, o := range []any{
		&corev1.Pod{Spec: pod}, &appsv1.DaemonSet{Spec: appsv1.DaemonSetSpec{Template: template}}, &batchv1.Job{Spec: batchv1.JobSpec{Template: template}},
	} {
		if err := out.Encode(o); err != nil {
			os.Exit(1)
		}
	}
}
