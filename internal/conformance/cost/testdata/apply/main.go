// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

// Apply prints a DaemonSet made of client-go's apply configurations.
package main

import (
	"encoding/json"
	"os"

	appsv1 "k8s.io/client-go/applyconfigurations/apps/v1"
	corev1 "k8s.io/client-go/applyconfigurations/core/v1"
)

func main() {
	pod := corev1.PodSpec().WithHostNetwork(true).
		WithContainers(corev1.Container().WithName("agent").WithImage("registry.example.com/agent:1.4"))
	daemonSet := appsv1.DaemonSet("agent", "agents").
		WithSpec(appsv1.DaemonSetSpec().WithTemplate(corev1.PodTemplateSpec().WithSpec(pod)))
	if err := json.NewEncoder(os.Stdout).Encode(daemonSet); err != nil {
		os.Exit(1)
	}
}
