// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
)

// nodeTaint: the node keeps the pod away.
var nodeTaint = rule[nodeCheck]{
	Rule: Rule{
		ID:    "node-taint",
		Title: "the pod must tolerate the node's taints",
		Doc: `Windows nodes are often tainted, so that pods for Linux stay away, and every cluster does it in its own way (os=windows:NoSchedule, os=Windows:NoSchedule, node.kubernetes.io/os=windows:NoSchedule…). The scheduler does not place a pod on a node with a taint of the effect NoSchedule or NoExecute that the pod doesn't tolerate, and NoExecute ends pods that run there. PreferNoSchedule keeps nobody away.

With nodeName the scheduler isn't asked, and only NoExecute counts: the kubelet refuses the pod.

Taints that Kubernetes itself sets, by how the node is doing, are another matter; see node-state.`,
		Outcome: OutcomeFails,
		Since:   "v0.1.0",
		Sources: []string{
			schedulerSource + "tainttoleration/taint_toleration.go#L119-L140",
			kubeletAdmissionSource + "#L448-L456",
			"https://github.com/kubernetes/kubernetes/blob/v1.37.2/staging/src/k8s.io/api/core/v1/toleration.go#L39-L77",
		},
		Fix: "add the toleration to the pod",
	},
	check: func(p pod, node *corev1.Node) []problem {
		var problems []problem
		for i := range node.Spec.Taints {
			taint := &node.Spec.Taints[i]
			if tellsState(taint) || !p.keptAway(taint) {
				continue
			}
			problems = append(problems, problem{
				field:   fmt.Sprintf("spec.taints[%d]", i),
				message: fmt.Sprintf("is %s, which the pod doesn't tolerate: it is not placed here", quoted(taint.ToString())),
				fix:     fmt.Sprintf("add a toleration to the pod: key %s, operator Equal, value %s, effect %s", quoted(taint.Key), quoted(taint.Value), quoted(taint.Effect)),
			})
		}
		return problems
	},
}
