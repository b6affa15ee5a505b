// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate_test

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/hostprocess-go/sdk/validate"
)

func TestNodeMatchesFields(t *testing.T) {
	node := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: "win-1", Labels: map[string]string{corev1.LabelOSStable: "windows", corev1.LabelArchStable: "amd64"}}}
	for _, test := range []struct {
		key      string
		operator corev1.NodeSelectorOperator
		values   []string
		matches  bool
	}{
		{"metadata.name", corev1.NodeSelectorOpIn, []string{"win-1"}, true},
		{"metadata.name", corev1.NodeSelectorOpIn, []string{"win-2"}, false},
		{"metadata.name", corev1.NodeSelectorOpIn, []string{"win-1", "win-2"}, false}, // it takes one
		{"metadata.name", corev1.NodeSelectorOpIn, nil, false},
		{"metadata.name", corev1.NodeSelectorOpNotIn, []string{"win-1"}, false},
		{"metadata.name", corev1.NodeSelectorOpNotIn, []string{"win-2"}, true},
		{"metadata.name", corev1.NodeSelectorOpExists, []string{"win-1"}, false},
		{"metadata.uid", corev1.NodeSelectorOpIn, []string{"win-1"}, false},
	} {
		spec := &representative().Spec
		spec.Affinity = &corev1.Affinity{NodeAffinity: &corev1.NodeAffinity{RequiredDuringSchedulingIgnoredDuringExecution: &corev1.NodeSelector{
			NodeSelectorTerms: []corev1.NodeSelectorTerm{{MatchFields: []corev1.NodeSelectorRequirement{{Key: test.key, Operator: test.operator, Values: test.values}}}},
		}}}
		if got := !found(validate.Validator{}.Node(node, spec), "node-selection"); got != test.matches {
			t.Errorf("%s %s %q: the node matches: %t, want %t", test.key, test.operator, test.values, got, test.matches)
		}
	}
}
