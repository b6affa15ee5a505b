// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
)

// nodeArchitecture: Kubernetes supports Windows on amd64.
var nodeArchitecture = rule[nodeCheck]{
	Rule: Rule{
		ID:         "node-architecture",
		Title:      "the architecture of a Windows node must be amd64",
		Doc:        `Kubernetes builds its Windows kubelet for amd64 only, and the base image for HostProcess containers is for amd64. No source shows what happens to a HostProcess pod on a Windows node of another architecture with a custom-built kubelet; an amd64 image isn't for that node.`,
		Outcome:    OutcomeFails,
		Unverified: true,
		Since:      "v0.1.0",
		Sources: []string{
			"https://github.com/kubernetes/kubernetes/blob/v1.37.2/hack/lib/golang.sh#L31-L37",
			"https://github.com/microsoft/windows-host-process-containers-base-image/blob/d7c1101db0b5e3339c2f90dc84ebd5da6e8035e7/README.md",
		},
		Fix: "choose an amd64 node",
	},
	check: func(_ pod, node *corev1.Node) []problem {
		architecture := node.Status.NodeInfo.Architecture
		if architecture == "" || architecture == "amd64" || node.Status.NodeInfo.OperatingSystem != string(corev1.Windows) {
			return nil
		}
		return []problem{{
			field:   "status.nodeInfo.architecture",
			message: fmt.Sprintf("is %s, but the Windows kubelet and the HostProcess base image exist for amd64 only: the pod probably fails", quoted(architecture)),
		}}
	},
}
