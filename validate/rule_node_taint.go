// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
)

var nodeTaint = rule[nodeCheck]{
	Rule: Rule{
		ID:    "node-taint",
		Title: "the pod must tolerate the node's taints",
		Doc: `Windows nodes are often tainted to keep Linux pods away, and every cluster uses its own taint (os=windows:NoSchedule, os=Windows:NoSchedule, node.kubernetes.io/os=windows:NoSchedule…). The scheduler doesn't place a pod on a node with a taint of effect NoSchedule or NoExecute that the pod doesn't tolerate, and NoExecute also evicts running pods. PreferNoSchedule doesn't keep pods away.

With nodeName, the scheduler isn't involved, and only NoExecute counts: the kubelet rejects the pod.

For taints that Kubernetes sets because of a node's state, see node-state.`,
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
				message: fmt.Sprintf("is %s, which the pod doesn't tolerate: the pod isn't placed here", quoted(taint.ToString())),
				fix:     fmt.Sprintf("add a toleration to the pod: key %s, operator Equal, value %s, effect %s", quoted(taint.Key), quoted(taint.Value), quoted(taint.Effect)),
			})
		}
		return problems
	},
}
