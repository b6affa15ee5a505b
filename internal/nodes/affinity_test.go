// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package nodes_test

import (
	"testing"

	corev1 "k8s.io/api/core/v1"

	"github.com/hostprocess-go/sdk/internal/nodes"
)

// TestMatchesTerm: a term that says nothing matches no node, one of fields and
// labels only where both do.
func TestMatchesTerm(t *testing.T) {
	node := &corev1.Node{}
	node.Name, node.Labels = "win-1", map[string]string{"disk": "ssd"}
	label := func(value string) []corev1.NodeSelectorRequirement {
		return []corev1.NodeSelectorRequirement{{Key: "disk", Operator: corev1.NodeSelectorOpIn, Values: []string{value}}}
	}
	name := func(value string) []corev1.NodeSelectorRequirement {
		return []corev1.NodeSelectorRequirement{{Key: "metadata.name", Operator: corev1.NodeSelectorOpIn, Values: []string{value}}}
	}
	for _, test := range []struct {
		term corev1.NodeSelectorTerm
		want bool
	}{
		{corev1.NodeSelectorTerm{}, false},
		{corev1.NodeSelectorTerm{MatchExpressions: label("ssd")}, true},
		{corev1.NodeSelectorTerm{MatchExpressions: label("hdd")}, false},
		{corev1.NodeSelectorTerm{MatchFields: name("win-1")}, true},
		{corev1.NodeSelectorTerm{MatchExpressions: label("ssd"), MatchFields: name("win-1")}, true},
		{corev1.NodeSelectorTerm{MatchExpressions: label("ssd"), MatchFields: name("win-2")}, false},
		{corev1.NodeSelectorTerm{MatchExpressions: label("hdd"), MatchFields: name("win-1")}, false},
	} {
		if nodes.MatchesTerm(&test.term, node) != test.want {
			t.Errorf("%v: %t", test.term, !test.want)
		}
	}
}
