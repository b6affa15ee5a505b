// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package nodes_test

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/hostprocess-go/sdk/internal/nodes"
)

// TestMatchesTerm: an empty term matches no node. A term with fields and labels matches if
// both match.
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

// TestMatchesLabel: each operator, with the label, with another value, and without it.
func TestMatchesLabel(t *testing.T) {
	for _, test := range []struct {
		operator           corev1.NodeSelectorOperator
		values             []string
		same, other, unset bool
	}{
		{corev1.NodeSelectorOpIn, []string{"8"}, true, false, false},
		{corev1.NodeSelectorOpNotIn, []string{"8"}, false, true, true},
		{corev1.NodeSelectorOpExists, nil, true, true, false},
		{corev1.NodeSelectorOpDoesNotExist, nil, false, false, true},
		{corev1.NodeSelectorOpGt, []string{"7"}, true, false, false},
		{corev1.NodeSelectorOpLt, []string{"8"}, false, true, false},
		{corev1.NodeSelectorOpIn, nil, false, false, false},
		{"Like", []string{"8"}, false, false, false},
	} {
		e := &corev1.NodeSelectorRequirement{Key: "cores", Operator: test.operator, Values: test.values}
		for set, want := range map[*labels.Set]bool{{"cores": "8"}: test.same, {"cores": "7"}: test.other, {}: test.unset} {
			if got := nodes.MatchesLabel(e, *set); got != want {
				t.Errorf("%s %q: %v matches: %t", test.operator, test.values, *set, got)
			}
		}
	}
}

func TestMatchesAny(t *testing.T) {
	node := &corev1.Node{}
	node.Name = "win-1"
	name := func(operator corev1.NodeSelectorOperator, values ...string) corev1.NodeSelectorTerm {
		return corev1.NodeSelectorTerm{MatchFields: []corev1.NodeSelectorRequirement{{Key: "metadata.name", Operator: operator, Values: values}}}
	}
	for _, test := range []struct {
		terms []corev1.NodeSelectorTerm
		want  bool
	}{
		{nil, false},
		{[]corev1.NodeSelectorTerm{name("In", "win-2"), name("In", "win-1")}, true},
		{[]corev1.NodeSelectorTerm{name("In", "win-2"), name("NotIn", "win-1"), {}}, false},
		{[]corev1.NodeSelectorTerm{name("In", "win-1", "win-2")}, false}, // it takes one name
		{[]corev1.NodeSelectorTerm{name("Exists", "win-1")}, false},
	} {
		if got := nodes.MatchesAny(test.terms, node); got != test.want {
			t.Errorf("%v: %t", test.terms, got)
		}
	}
}
