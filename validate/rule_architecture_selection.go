// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
)

// architectureSelection: Kubernetes has no kubelet for Windows but for amd64.
var architectureSelection = rule[podCheck]{
	Rule: Rule{
		ID:         "architecture-selection",
		Title:      "the pod selects an architecture that no Windows node has",
		Doc:        `Kubernetes builds its Windows kubelet for amd64 only. A pod that selects nodes with kubernetes.io/arch: arm64, or anything but amd64, matches no Windows node and stays Pending, unless the cluster has nodes with a custom-built kubelet.`,
		Outcome:    OutcomeFails,
		Unverified: true,
		Since:      "v0.1.0",
		Sources: []string{
			"https://github.com/kubernetes/kubernetes/blob/v1.37.2/hack/lib/golang.sh#L31-L37",
		},
		Fix: "select kubernetes.io/arch: amd64, or no architecture",
	},
	about: selectsNodes,
	check: func(p pod) []problem {
		for _, label := range architectureLabels {
			if arch, ok := p.spec.NodeSelector[label]; ok && arch != "amd64" {
				return []problem{{field: selectorField + "[" + label + "]", message: fmt.Sprintf("is %s, but Kubernetes has a Windows kubelet for amd64 only: the pod stays Pending", quoted(arch))}}
			}
		}
		terms := requiredTerms(p.spec)
		for i := range terms {
			if !needsOtherArchitecture(&terms[i]) {
				return nil
			}
		}
		if len(terms) == 0 {
			return nil
		}
		return []problem{{field: affinityField, message: "requires an architecture other than amd64, the only one with a Windows kubelet: the pod stays Pending"}}
	},
}

// architectureLabels are the labels that every kubelet sets to its architecture; the
// second is deprecated.
var architectureLabels = [...]string{corev1.LabelArchStable, "beta.kubernetes.io/arch"}

// needsOtherArchitecture reports whether no node that is amd64 matches a term.
func needsOtherArchitecture(term *corev1.NodeSelectorTerm) bool {
	for i := range term.MatchExpressions {
		e := &term.MatchExpressions[i]
		amd64 := slices.Contains(e.Values, "amd64")
		if slices.Contains(architectureLabels[:], e.Key) && (e.Operator == corev1.NodeSelectorOpIn && !amd64 || e.Operator == corev1.NodeSelectorOpNotIn && amd64) {
			return true
		}
	}
	return false
}
