// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
)

var nodeName = rule[nodeCheck]{
	Rule: Rule{
		ID:      "node-name",
		Title:   "the pod's nodeName must be the name of this node",
		Doc:     `A pod with spec.nodeName is not scheduled: only the kubelet of the node with that name runs it. If there is no such node, the pod stays Pending and is deleted after a while.`,
		Outcome: OutcomeFails,
		Since:   "v0.1.0",
		Sources: []string{
			schedulerSource + "nodename/node_name.go",
		},
		Fix: "remove nodeName, and select nodes by labels",
	},
	check: func(p pod, node *corev1.Node) []problem {
		if p.spec.NodeName == "" || p.spec.NodeName == node.Name {
			return nil
		}
		return []problem{{field: "metadata.name", message: fmt.Sprintf("is %s, but the pod's nodeName is %s: the pod doesn't run here", quoted(node.Name), quoted(p.spec.NodeName))}}
	},
}
