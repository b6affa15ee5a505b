// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
)

// nodeOS: HostProcess containers need Windows.
var nodeOS = rule[nodeCheck]{
	Rule: Rule{
		ID:    "node-os",
		Title: "the node must run Windows",
		Doc: `HostProcess containers exist on Windows only. On a Linux node, the pod's image can't be pulled, because it has no variant for Linux; with spec.os.name: windows, the kubelet rejects the pod with the reason PodOSNotSupported.

A node reports its operating system in status.nodeInfo.operatingSystem and in the label kubernetes.io/os. The rule reports nothing if both are missing.`,
		Outcome: OutcomeFails,
		Since:   "v0.1.0",
		Sources: []string{
			docSource,
			kubeletAdmissionSource + "#L297-L306",
		},
		Fix: "choose a Windows node: add kubernetes.io/os: windows to the pod's nodeSelector",
	},
	check: func(_ pod, node *corev1.Node) []problem {
		os, field := node.Status.NodeInfo.OperatingSystem, "status.nodeInfo.operatingSystem"
		if os == "" {
			os, field = node.Labels[corev1.LabelOSStable], nodeLabelField(corev1.LabelOSStable)
		}
		if os == "" || os == string(corev1.Windows) {
			return nil
		}
		return []problem{{field: field, message: fmt.Sprintf("is %s, but HostProcess containers run on Windows only: the pod fails here", quoted(os))}}
	},
}

// nodeLabelField returns the field of a node for a label.
func nodeLabelField(label string) string { return "metadata.labels[" + label + "]" }
