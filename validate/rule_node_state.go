// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
)

// nodeState: the node temporarily accepts no new pods.
var nodeState = rule[nodeCheck]{
	Rule: Rule{
		ID:    "node-state",
		Title: "the node currently accepts no new pods",
		Doc: `The node is cordoned (spec.unschedulable), or Kubernetes or the cloud provider has tainted it because of its state: not ready, short of memory, not yet initialized. The scheduler places only pods there that tolerate it. This is temporary and no fault of the pod.

The pods of a DaemonSet tolerate most of these taints: its controller adds the tolerations, so they aren't in the template. A pod that sets up the node before the network works must itself tolerate node.kubernetes.io/not-ready and node.cloudprovider.kubernetes.io/uninitialized.`,
		Outcome: OutcomeAdvice,
		Since:   "v0.1.0",
		Sources: []string{
			schedulerSource + "nodeunschedulable/node_unschedulable.go#L141-L163",
			"https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/controller/daemon/util/daemonset_util.go#L48-L101",
			"https://github.com/kubernetes/website/blob/23009a516ff325a0d551d0f69de43ceeeac60d65/content/en/docs/reference/labels-annotations-taints/_index.md",
		},
		Fix: "wait until the node is ready, or uncordon it",
	},
	check: func(p pod, node *corev1.Node) []problem {
		var problems []problem
		cordoned := corev1.Taint{Key: corev1.TaintNodeUnschedulable, Effect: corev1.TaintEffectNoSchedule}
		reported := node.Spec.Unschedulable && p.keptAway(&cordoned)
		if reported {
			problems = append(problems, problem{field: "spec.unschedulable", message: "is true: no new pod is placed here until the node is uncordoned"})
		}
		for i := range node.Spec.Taints {
			taint := &node.Spec.Taints[i]
			if !tellsState(taint) || !p.keptAway(taint) || reported && taint.Key == cordoned.Key {
				continue
			}
			problems = append(problems, problem{
				field:   fmt.Sprintf("spec.taints[%d]", i),
				message: fmt.Sprintf("is %s, which the pod doesn't tolerate: the pod isn't placed here while the taint lasts", quoted(taint.ToString())),
			})
		}
		return problems
	},
}
