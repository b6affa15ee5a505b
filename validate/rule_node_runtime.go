// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"

	"github.com/hostprocess-go/sdk/volumes"
)

// nodeRuntime: only containerd can run HostProcess containers.
var nodeRuntime = rule[nodeCheck]{
	Rule: Rule{
		ID:    "node-runtime",
		Title: "the node must run containerd 1.6 or newer",
		Doc: `HostProcess containers need containerd: 1.6 at least, 1.7 or newer for local groups and for mounts that are at their mountPath. Docker and other runtimes never had them.

Nothing is said where the node doesn't report its runtime.`,
		Outcome: OutcomeFails,
		Since:   "v0.1.0",
		Sources: []string{
			docSource,
			kepSource,
		},
		Fix: "choose a node with containerd 1.7 or newer, or install it there",
	},
	check: func(_ pod, node *corev1.Node) []problem {
		version := node.Status.NodeInfo.ContainerRuntimeVersion
		if version == "" {
			return nil
		}
		const field = "status.nodeInfo.containerRuntimeVersion"
		runtime, err := volumes.ParseRuntime(version)
		if err != nil {
			return []problem{{field: field, message: fmt.Sprintf("is %s, which can't be read as a runtime that runs HostProcess containers", quoted(version))}}
		}
		if NewTarget(runtime, volumes.ModeUnknown).Mode() == volumes.ModeUnknown {
			return []problem{{field: field, message: fmt.Sprintf("is %s, which runs no HostProcess containers", quoted(version))}}
		}
		return nil
	},
}
