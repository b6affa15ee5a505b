// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package explain_test

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"

	"github.com/hostprocess-go/sdk/validate/explain"
)

// tell prints the causes of a pod's events, and how to fix them.
func tell(events []corev1.Event) {
	told := map[string]bool{} // a kubelet repeats itself
	for _, event := range events {
		if event.Type != corev1.EventTypeWarning || told[event.Message] {
			continue
		}
		told[event.Message] = true
		for _, cause := range explain.Explain(event.Message) {
			fmt.Println(cause.Cause, cause.Fix)
		}
	}
}

// An operator reads the events of a pod that doesn't start.
func Example_events() {
	const message = `Error: failed to generate container "4d1" spec: failed to generate spec: destination path can not be C drive`
	tell([]corev1.Event{
		{Type: corev1.EventTypeNormal, Reason: "Pulled", Message: `Container image "registry.example.com/agent:1.4" already present on machine`},
		{Type: corev1.EventTypeWarning, Reason: "Failed", Message: message},
		{Type: corev1.EventTypeWarning, Reason: "Failed", Message: message},
		{Type: corev1.EventTypeWarning, Reason: "BackOff", Message: "Back-off restarting failed container agent in pod agent"},
	})
	// Output:
	// containerd rejects a volumeMount whose mountPath is just C:. use a directory as mountPath, such as /etc/agent
}
