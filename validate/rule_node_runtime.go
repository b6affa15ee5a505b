// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"

	"github.com/hostprocess-go/sdk/volumes"
)

var nodeRuntime = rule[nodeCheck]{
	Rule: Rule{
		ID:    "node-runtime",
		Title: "the node must run containerd 1.6 or newer",
		Doc: `HostProcess containers require containerd 1.6. Local groups, and mounts at their mountPath, require 1.7 or newer. Docker and other runtimes have never supported HostProcess containers.

The rule reports nothing if the node doesn't report its runtime.`,
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
			return []problem{{field: field, message: fmt.Sprintf("is %s, not a known runtime with HostProcess containers: the pod doesn't run here", quoted(version))}}
		}
		if NewTarget(runtime, volumes.ModeUnknown).Mode() == volumes.ModeUnknown {
			return []problem{{field: field, message: fmt.Sprintf("is %s, which doesn't support HostProcess containers: the pod doesn't run here", quoted(version))}}
		}
		return nil
	},
}
