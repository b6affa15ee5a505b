// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/hostprocess-go/sdk/internal/nodes"
)

var nodeSelection = rule[nodeCheck]{
	Rule: Rule{
		ID:      "node-selection",
		Title:   "the pod's nodeSelector and node affinity must match the node",
		Doc:     `The scheduler places a pod only on a node whose labels match all of the pod's nodeSelector and at least one term of its required node affinity. With nodeName, the scheduler isn't involved, but the kubelet makes the same check and rejects the pod with the reason NodeAffinity.`,
		Outcome: OutcomeFails,
		Since:   "v0.1.0",
		Sources: []string{
			"https://github.com/kubernetes/kubernetes/blob/v1.37.2/staging/src/k8s.io/component-helpers/scheduling/corev1/nodeaffinity/nodeaffinity.go",
			"https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/scheduler/eventhandlers.go#L857-L878",
		},
		Fix: "set the label on the node, or change the pod's nodeSelector or node affinity",
	},
	check: func(p pod, node *corev1.Node) []problem {
		var problems []problem
		for _, label := range sortedKeys(p.spec.NodeSelector) {
			wanted := p.spec.NodeSelector[label]
			switch value, ok := node.Labels[label]; {
			case !ok:
				problems = append(problems, problem{field: nodeLabelField(label), message: fmt.Sprintf("is not set, but the pod's nodeSelector requires %s: the pod isn't placed here", quoted(wanted))})
			case value != wanted:
				problems = append(problems, problem{field: nodeLabelField(label), message: fmt.Sprintf("is %s, but the pod's nodeSelector requires %s: the pod isn't placed here", quoted(value), quoted(wanted))})
			}
		}
		if hasRequiredAffinity(p.spec) && !nodes.MatchesAny(requiredTerms(p.spec), node) {
			problems = append(problems, problem{field: "metadata.labels", message: "match no term of the pod's required node affinity: the pod isn't placed here"})
		}
		return problems
	},
}

// sortedKeys returns the keys of a map in order, so that the order of findings is
// stable.
func sortedKeys(m map[string]string) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}
