// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package explain_test

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"

	"github.com/hostprocess-go/sdk/validate/explain"
)

func ExampleExplain() {
	message := `Error: failed to create containerd task: failed to create shim task: named pipe mounts not supported for job containers - interact with the pipe directly: unknown`
	for _, cause := range explain.Explain(message) {
		fmt.Println(cause.Cause)
		fmt.Println("rules:", cause.Rules)
		fmt.Println("fix:", cause.Fix)
	}
	// Output:
	// hcsshim can't mount a named pipe (a hostPath that starts with \\.\pipe\) into a HostProcess container.
	// rules: [named-pipe-mount]
	// fix: remove the volume and its volumeMount, and open \\.\pipe\NAME in the program: the container sees the node's pipes
}

// The status of the containers has the reason why a pod waits, or why it failed.
func ExampleExplain_containerStatus() {
	status := corev1.ContainerStatus{Name: "agent", State: corev1.ContainerState{
		Waiting: &corev1.ContainerStateWaiting{
			Reason:  "CreateContainerError",
			Message: `failed to generate container "6f1d0c3a" spec: failed to generate spec: destination path can not be C drive`,
		},
	}}
	if waiting := status.State.Waiting; waiting != nil {
		for _, cause := range explain.Explain(waiting.Message) {
			fmt.Printf("%s: %s Fix: %s.\n", status.Name, cause.Cause, cause.Fix)
		}
	}
	// Output:
	// agent: containerd rejects a volumeMount whose mountPath is just C:. Fix: use a directory as mountPath, such as /etc/agent.
}

// A log has escaped quotes, and can have several causes.
func ExampleExplain_log() {
	log := `{"level":"warning","msg":"job container mount destination exists and will be shadowed"}
{"level":"error","msg":"StartContainer failed","error":"failed to find executable \"C:\\\\app\\\\agent.exe\""}`
	for _, cause := range explain.Explain(log) {
		fmt.Println(cause.Matched, "->", cause.Rules[0])
	}
	// Output:
	// job container mount destination exists and will be shadowed -> mount-over-host-directory
	// failed to find executable -> command-builtin
}
