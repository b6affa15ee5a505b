// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package hostprocess_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// requiredNode is an affinity with one required term for nodes.
func requiredNode(term corev1.NodeSelectorTerm) corev1.Affinity {
	return corev1.Affinity{NodeAffinity: &corev1.NodeAffinity{RequiredDuringSchedulingIgnoredDuringExecution: &corev1.NodeSelector{
		NodeSelectorTerms: []corev1.NodeSelectorTerm{term},
	}}}
}

// expression is a required term with one expression about the label "size".
func expression(operator corev1.NodeSelectorOperator, values ...string) corev1.Affinity {
	return requiredNode(corev1.NodeSelectorTerm{MatchExpressions: []corev1.NodeSelectorRequirement{{Key: "size", Operator: operator, Values: values}}})
}

// nodeNames is a required term about the node's name.
func nodeNames(names ...string) corev1.Affinity {
	return requiredNode(corev1.NodeSelectorTerm{MatchFields: []corev1.NodeSelectorRequirement{
		{Key: "metadata.name", Operator: corev1.NodeSelectorOpIn, Values: names},
	}})
}

// preferredNode is a preferred term with one value for the label "size".
func preferredNode(weight int32, value string) corev1.Affinity {
	return corev1.Affinity{NodeAffinity: &corev1.NodeAffinity{PreferredDuringSchedulingIgnoredDuringExecution: []corev1.PreferredSchedulingTerm{{
		Weight: weight, Preference: corev1.NodeSelectorTerm{MatchExpressions: []corev1.NodeSelectorRequirement{
			{Key: "size", Operator: corev1.NodeSelectorOpIn, Values: []string{value}},
		}},
	}}}}
}

// neighbours is an affinity with one required term for pods.
func neighbours(selector *metav1.LabelSelector, match, mismatch []string) corev1.Affinity {
	return corev1.Affinity{PodAffinity: &corev1.PodAffinity{RequiredDuringSchedulingIgnoredDuringExecution: []corev1.PodAffinityTerm{{
		TopologyKey: corev1.LabelHostname, LabelSelector: selector, MatchLabelKeys: match, MismatchLabelKeys: mismatch,
	}}}}
}

var (
	byLabel      = &metav1.LabelSelector{MatchLabels: map[string]string{"app": "agent"}}
	byExpression = &metav1.LabelSelector{MatchExpressions: []metav1.LabelSelectorRequirement{
		{Key: "tier", Operator: metav1.LabelSelectorOpExists}, {Key: "app", Operator: metav1.LabelSelectorOpExists},
	}}
)

// What the API server accepts is built.
func TestAffinity(t *testing.T) {
	for name, affinity := range map[string]corev1.Affinity{
		"in":            expression(corev1.NodeSelectorOpIn, "s", "m"),
		"not in":        expression(corev1.NodeSelectorOpNotIn, "s"),
		"exists":        expression(corev1.NodeSelectorOpExists),
		"doesn't exist": expression(corev1.NodeSelectorOpDoesNotExist),
		"greater":       expression(corev1.NodeSelectorOpGt, "1"),
		"less":          expression(corev1.NodeSelectorOpLt, "1"),
		"node name":     nodeNames("node-1"),
		"weight 1":      preferredNode(1, "s"),
		"weight 100":    preferredNode(100, "s"),
		// The API server looks at the values of required terms only.
		"preferred value":         preferredNode(1, "a b"),
		"neighbours":              neighbours(byLabel, nil, nil),
		"any neighbours":          neighbours(nil, nil, nil),
		"label keys":              neighbours(byLabel, []string{"version"}, []string{"tenant"}),
		"label keys, expressions": neighbours(byExpression, []string{"version"}, []string{"tenant"}),
	} {
		t.Run(name, func(t *testing.T) {
			spec := build(t, pod().WithAffinity(affinity))
			if diff := cmp.Diff(&affinity, spec.Affinity); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestAffinityMistakes(t *testing.T) {
	const (
		nodes     = "/WithAffinity affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms"
		preferred = "/WithAffinity affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[0]"
		pods      = "/WithAffinity affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0]"
	)
	for name, test := range map[string]struct {
		affinity corev1.Affinity
		want     []string
	}{
		"no term": {corev1.Affinity{NodeAffinity: &corev1.NodeAffinity{RequiredDuringSchedulingIgnoredDuringExecution: &corev1.NodeSelector{}}},
			[]string{nodes + ` nil`}},
		"in without values":     {expression(corev1.NodeSelectorOpIn), []string{nodes + `[0].matchExpressions[0].operator "In"`}},
		"not in without values": {expression(corev1.NodeSelectorOpNotIn), []string{nodes + `[0].matchExpressions[0].operator "NotIn"`}},
		"exists with a value":   {expression(corev1.NodeSelectorOpExists, "s"), []string{nodes + `[0].matchExpressions[0].operator "Exists"`}},
		"greater than nothing":  {expression(corev1.NodeSelectorOpGt), []string{nodes + `[0].matchExpressions[0].operator "Gt"`}},
		"less than two values":  {expression(corev1.NodeSelectorOpLt, "1", "2"), []string{nodes + `[0].matchExpressions[0].operator "Lt"`}},
		"unknown operator":      {expression("Near", "s"), []string{nodes + `[0].matchExpressions[0].operator "Near"`}},
		"value":                 {expression(corev1.NodeSelectorOpIn, "s", "a b"), []string{nodes + `[0].matchExpressions[0].values[1] "a b"`}},
		"no node name":          {nodeNames(), []string{nodes + `[0].matchFields[0].values []`}},
		"two node names":        {nodeNames("a", "b"), []string{nodes + `[0].matchFields[0].values [a b]`}},
		"malformed node name":   {nodeNames("A"), []string{nodes + `[0].matchFields[0].values[0] "A"`}},
		"no weight":             {preferredNode(0, "s"), []string{preferred + `.weight 0`}},
		"high weight":           {preferredNode(101, "s"), []string{preferred + `.weight 101`}},
		"key without selector":  {neighbours(nil, []string{"version"}, nil), []string{pods + `.matchLabelKeys [version]`}},
		"mismatch without selector": {neighbours(nil, nil, []string{"tenant"}),
			[]string{pods + `.mismatchLabelKeys [tenant]`}},
		"key in both lists":     {neighbours(byLabel, []string{"version", "tenant"}, []string{"tenant"}), []string{pods + `.matchLabelKeys[1] "tenant"`}},
		"key of the selector":   {neighbours(byLabel, []string{"app"}, nil), []string{pods + `.matchLabelKeys[0] "app"`}},
		"key of an expression":  {neighbours(byExpression, []string{"version", "app"}, nil), []string{pods + `.matchLabelKeys[1] "app"`}},
		"malformed label key":   {neighbours(byLabel, []string{"a b"}, nil), []string{pods + `.matchLabelKeys[0] "a b"`}},
		"malformed expressions": {neighbours(&metav1.LabelSelector{MatchExpressions: []metav1.LabelSelectorRequirement{{Key: "app", Operator: metav1.LabelSelectorOpIn}}}, nil, nil), []string{pods + `.labelSelector ""`}},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, calls(t, pod().WithAffinity(test.affinity))); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}
