// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"

	"github.com/hostprocess-go/sdk/internal/nodes"
)

// osSelectionBetaLabel: the label has a newer name.
var osSelectionBetaLabel = rule[podCheck]{
	Rule: Rule{
		ID:      "os-selection-beta-label",
		Title:   "nodes should be selected by kubernetes.io/os, not beta.kubernetes.io/os",
		Doc:     `beta.kubernetes.io/os has been deprecated since Kubernetes 1.14 in favor of kubernetes.io/os. It still works, because the kubelet sets both labels (as of 1.37), but programs that read a pod's nodeSelector mostly know the new name only.`,
		Outcome: OutcomeAdvice,
		Since:   "v0.1.0",
		Sources: []string{
			"https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/kubelet/kubelet_node_status.go#L303-L315",
			"https://github.com/kubernetes/website/blob/23009a516ff325a0d551d0f69de43ceeeac60d65/content/en/docs/reference/labels-annotations-taints/_index.md",
		},
		Fix: "replace beta.kubernetes.io/os with kubernetes.io/os",
	},
	about: selectsNodes,
	check: func(p pod) []problem {
		const message = "selects nodes by beta.kubernetes.io/os, the deprecated name of kubernetes.io/os"
		var problems []problem
		if _, ok := p.spec.NodeSelector[nodes.LabelBetaOS]; ok && p.spec.NodeSelector[corev1.LabelOSStable] == "" {
			problems = append(problems, problem{field: selectorField + "[" + nodes.LabelBetaOS + "]", message: message})
		}
		for i, term := range requiredTerms(p.spec) {
			for j := range term.MatchExpressions {
				if term.MatchExpressions[j].Key == nodes.LabelBetaOS {
					problems = append(problems, problem{field: fmt.Sprintf("%s[%d].matchExpressions[%d].key", affinityField, i, j), message: message})
				}
			}
		}
		return problems
	},
}
