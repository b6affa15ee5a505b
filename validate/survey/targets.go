// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package survey

import (
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/hostprocess-go/sdk/validate"
)

// Targets returns what a validate.Validator needs to judge a pod for all nodes
// that it may be scheduled to: those that its nodeSelector and its required node
// affinity don't rule out. Where labels of a group differ from node to node, one
// that may be selected is enough. Tolerations, and the nodeName, are not looked
// at. For a nil spec it is the targets of all nodes.
//
// Of the kubelets of a group, the oldest and the newest count, and one that isn't known.
// It is nil where no node is left that is known to run HostProcess pods.
func (s *Survey) Targets(spec *corev1.PodSpec) []validate.Target {
	var targets []validate.Target
	for _, i := range s.order() {
		if s.mayRun(i, spec) {
			targets = s.appendTargets(targets, i)
		}
	}
	return targets
}

// mayRun reports whether a node of a group may match what a pod selects.
func (s *Survey) mayRun(group int, spec *corev1.PodSpec) bool {
	if spec == nil {
		return true
	}
	for key, value := range spec.NodeSelector {
		if !s.mayHave(group, key, func(v string) bool { return v == value }) {
			return false
		}
	}
	if spec.Affinity == nil || spec.Affinity.NodeAffinity == nil || spec.Affinity.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution == nil {
		return true
	}
	terms := spec.Affinity.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution.NodeSelectorTerms
	return slices.ContainsFunc(terms, func(t corev1.NodeSelectorTerm) bool {
		if len(t.MatchExpressions)+len(t.MatchFields) == 0 {
			return false // matches no node
		}
		return !slices.ContainsFunc(t.MatchExpressions, func(e corev1.NodeSelectorRequirement) bool { return !s.mayMatch(group, e) })
	})
}

// mayMatch reports whether a node of a group may match an expression.
func (s *Survey) mayMatch(group int, e corev1.NodeSelectorRequirement) bool {
	listed := func(v string) bool { return slices.Contains(e.Values, v) }
	switch e.Operator {
	case corev1.NodeSelectorOpIn:
		return s.mayHave(group, e.Key, listed)
	case corev1.NodeSelectorOpNotIn:
		return s.mayLack(group, e.Key) || s.mayHave(group, e.Key, func(v string) bool { return !listed(v) })
	case corev1.NodeSelectorOpDoesNotExist:
		return s.mayLack(group, e.Key)
	}
	return s.mayHave(group, e.Key, func(string) bool { return true })
}

// mayHave reports whether a node of a group may have a label with a value that is
// wanted.
func (s *Survey) mayHave(group int, key string, wanted func(string) bool) bool {
	l := s.labels[key]
	if l == nil {
		return len(s.labels) >= maxLabels || len(key) > maxKeyLength // else no node has it
	}
	if l.nodes[group] == 0 || l.values == nil {
		return l.nodes[group] > 0
	}
	for value, groups := range l.values {
		if groups.has(group) && wanted(value) {
			return true
		}
	}
	return false
}

// mayLack reports whether a node of a group may be without a label.
func (s *Survey) mayLack(group int, key string) bool {
	l := s.labels[key]
	return l == nil || int(l.nodes[group]) < s.groups[group].Nodes
}
