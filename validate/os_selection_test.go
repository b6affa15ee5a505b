// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"slices"
	"testing"

	corev1 "k8s.io/api/core/v1"

	"github.com/hostprocess-go/sdk/internal/nodes"
)

func TestSelectedByTerms(t *testing.T) {
	in, notIn, exists, absent := corev1.NodeSelectorOpIn, corev1.NodeSelectorOpNotIn, corev1.NodeSelectorOpExists, corev1.NodeSelectorOpDoesNotExist
	term := func(expressions ...corev1.NodeSelectorRequirement) corev1.NodeSelectorTerm {
		return corev1.NodeSelectorTerm{MatchExpressions: expressions}
	}
	one := func(key string, operator corev1.NodeSelectorOperator, values ...string) corev1.NodeSelectorTerm {
		return term(corev1.NodeSelectorRequirement{Key: key, Operator: operator, Values: values})
	}
	const os, build = corev1.LabelOSStable, corev1.LabelWindowsBuild
	named := corev1.NodeSelectorTerm{MatchFields: []corev1.NodeSelectorRequirement{{Key: "metadata.name", Operator: in, Values: []string{"a"}}}}
	windows, linux, other := one(os, in, "windows"), one(os, in, "linux"), one("disk", in, "ssd")
	both := one(os, in, "windows")
	both.MatchFields = named.MatchFields
	for _, test := range []struct {
		terms  []corev1.NodeSelectorTerm
		system selected
		loose  int
	}{
		{nil, anySystem, -1},
		{[]corev1.NodeSelectorTerm{{}}, noWindows, -1}, // matches no node
		{[]corev1.NodeSelectorTerm{windows}, onlyWindows, -1},
		{[]corev1.NodeSelectorTerm{linux}, noWindows, -1},
		{[]corev1.NodeSelectorTerm{other}, anySystem, -1},
		{[]corev1.NodeSelectorTerm{named}, oneNode, -1},
		{[]corev1.NodeSelectorTerm{both}, onlyWindows, -1},
		{[]corev1.NodeSelectorTerm{windows, named}, oneNode, -1},
		{[]corev1.NodeSelectorTerm{{}, windows}, onlyWindows, -1},
		{[]corev1.NodeSelectorTerm{other, windows}, anySystem, 0},
		{[]corev1.NodeSelectorTerm{linux, windows}, anySystem, 0},
		{[]corev1.NodeSelectorTerm{windows, other, linux}, anySystem, 1},
		{[]corev1.NodeSelectorTerm{other, windows, linux}, anySystem, 0},
		{[]corev1.NodeSelectorTerm{windows, linux, other}, anySystem, 1},
		{[]corev1.NodeSelectorTerm{named, other}, anySystem, -1},
		{[]corev1.NodeSelectorTerm{one(os, notIn, "windows")}, noWindows, -1},
		{[]corev1.NodeSelectorTerm{one(nodes.LabelBetaOS, notIn, "windows", "linux")}, noWindows, -1},
		{[]corev1.NodeSelectorTerm{one(os, notIn, "linux")}, onlyWindows, -1},
		{[]corev1.NodeSelectorTerm{one(nodes.LabelBetaOS, notIn, "linux")}, onlyWindows, -1},
		{[]corev1.NodeSelectorTerm{one(os, notIn, "plan9")}, anySystem, -1},
		{[]corev1.NodeSelectorTerm{one(os, absent)}, noWindows, -1},
		{[]corev1.NodeSelectorTerm{one(os, exists)}, anySystem, -1},
		{[]corev1.NodeSelectorTerm{one(os, corev1.NodeSelectorOpGt, "windows")}, anySystem, -1},
		{[]corev1.NodeSelectorTerm{one(os, corev1.NodeSelectorOpGt, "linux")}, anySystem, -1},
		{[]corev1.NodeSelectorTerm{one("zone", notIn, "windows")}, anySystem, -1},
		{[]corev1.NodeSelectorTerm{one("zone", notIn, "linux")}, anySystem, -1},
		{[]corev1.NodeSelectorTerm{one("zone", absent)}, anySystem, -1},
		{[]corev1.NodeSelectorTerm{one("zone", exists)}, anySystem, -1},
		{[]corev1.NodeSelectorTerm{one(build, absent)}, noWindows, -1},
		{[]corev1.NodeSelectorTerm{one(build, exists)}, onlyWindows, -1},
		{[]corev1.NodeSelectorTerm{one(build, notIn, "10.0.17763")}, anySystem, -1},
		{[]corev1.NodeSelectorTerm{one(os, in, "windows", "linux")}, anySystem, -1},
		{[]corev1.NodeSelectorTerm{term(linux.MatchExpressions[0], windows.MatchExpressions[0])}, noWindows, -1},
	} {
		if system, loose := selectedByTerms(test.terms); system != test.system || loose != test.loose {
			t.Errorf("%v: %d, %d, want %d, %d", test.terms, system, loose, test.system, test.loose)
		}
	}
}

func TestOSSelection(t *testing.T) {
	for _, test := range []struct {
		labels map[string]string
		terms  []string // values of the operating system
		want   osSelection
	}{
		{nil, nil, osSelection{}},
		{map[string]string{"kubernetes.io/os": "windows"}, nil, osSelection{system: onlyWindows}},
		{map[string]string{"kubernetes.io/os": "linux", "beta.kubernetes.io/os": "linux"}, nil, osSelection{noWindows, selectorField + "[beta.kubernetes.io/os]", ""}},
		{nil, []string{"linux", "windows"}, osSelection{anySystem, "", affinityField + "[0]"}},
		{nil, []string{"windows", "linux"}, osSelection{anySystem, "", affinityField + "[1]"}},
		{map[string]string{"kubernetes.io/os": "windows"}, []string{"linux", "windows"}, osSelection{system: onlyWindows}},
		{map[string]string{"kubernetes.io/os": "windows"}, []string{"linux"}, osSelection{noWindows, affinityField, ""}},
	} {
		p := pod{spec: &corev1.PodSpec{NodeSelector: test.labels}}
		if test.terms != nil {
			required := &corev1.NodeSelector{}
			for _, system := range test.terms {
				required.NodeSelectorTerms = append(required.NodeSelectorTerms, corev1.NodeSelectorTerm{MatchExpressions: []corev1.NodeSelectorRequirement{
					{Key: corev1.LabelOSStable, Operator: corev1.NodeSelectorOpIn, Values: []string{system}},
				}})
			}
			p.spec.Affinity = &corev1.Affinity{NodeAffinity: &corev1.NodeAffinity{RequiredDuringSchedulingIgnoredDuringExecution: required}}
		}
		// The order of a map is random; the answer isn't.
		for range 20 {
			if got := p.osSelection(); got != test.want {
				t.Fatalf("%v, %q: %+v, want %+v", test.labels, slices.Clone(test.terms), got, test.want)
			}
		}
	}
}
