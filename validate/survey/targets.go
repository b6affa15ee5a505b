// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package survey

import (
	"cmp"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/hostprocess-go/sdk/validate"
	"github.com/hostprocess-go/sdk/volumes"
)

// Targets returns the targets of a validate.Validator for all nodes that a pod can be
// scheduled to: those that its nodeSelector and its required node affinity don't exclude.
// If the nodes of a group have different labels, one that can be selected is enough.
// Targets ignores tolerations and nodeName. For a nil spec, it returns the targets of all
// nodes.
//
// Of the kubelets of a group, the oldest, the newest and an unknown one count. The result
// is nil if no node remains that is known to run HostProcess pods.
func (s *Survey) Targets(spec *corev1.PodSpec) []validate.Target {
	return s.TargetsAfter(Node{}, spec)
}

// TargetsAfter returns what Targets will return after an upgrade of every node. Pass both
// to validate.Diff to see what the upgrade changes. It reads only the Runtime, the Build
// and the KubeletMinor of to; for those that are zero, each node keeps its own. The zero
// Node is no upgrade.
//
// A new Build is also the new value of the label node.kubernetes.io/windows-build: for a
// pod that selects another build, no nodes remain and the result is nil. All other labels
// are assumed to stay the same.
//
// Check for nil before you pass the result to a Validator, for which empty Targets mean
// the newest nodes.
func (s *Survey) TargetsAfter(to Node, spec *corev1.PodSpec) []validate.Target {
	build := volumes.WindowsBuild{Build: to.Build.Build}.String()
	var targets []validate.Target
	for _, i := range s.order() {
		if (place{s, i, build}).mayRun(spec) {
			targets = s.appendTargets(targets, i, to)
		}
	}
	return targets
}

// after returns nodes of a group after an upgrade, one for each kind with different
// targets. Nodes with the same mode today may differ after the upgrade: containerd 1.6
// doesn't use the bind filter that some of them have.
func (s *Survey) after(group int, to Node) []Node {
	g := s.groups[group]
	nodes := []Node{g.Node}
	if to.Runtime != (volumes.Runtime{}) || to.Build != (volumes.WindowsBuild{}) {
		nodes = nil
		for _, build := range g.buildsAfter(to) {
			n := Node{Runtime: cmp.Or(to.Runtime, g.Node.Runtime), Build: build}
			n.derive(nil)
			nodes = append(nodes, n)
		}
	}
	minors := s.kubelets[group].minors()
	if to.KubeletMinor > 0 {
		minors = []int{to.KubeletMinor}
	}
	var all []Node
	for _, n := range nodes {
		for _, n.KubeletMinor = range minors {
			all = append(all, n)
		}
	}
	return all
}

// buildsAfter are the builds of Windows that determine the modes of a group.
func (g Group) buildsAfter(to Node) []volumes.WindowsBuild {
	if to.Build != (volumes.WindowsBuild{}) {
		return []volumes.WindowsBuild{to.Build}
	}
	builds := []volumes.WindowsBuild{g.Oldest, g.Newest}
	if g.Others > 0 {
		builds = append(builds, volumes.WindowsBuild{}) // unknown which
	}
	return builds
}

// place is a group of nodes, as seen by label selection.
type place struct {
	*Survey
	group int
	// build is the label of the build of Windows after an upgrade; empty if it stays.
	build string
}

// mayRun reports whether a node of the group may match what a pod selects.
func (p place) mayRun(spec *corev1.PodSpec) bool {
	if spec == nil {
		return true
	}
	for key, value := range spec.NodeSelector {
		if !p.mayHave(key, func(v string) bool { return v == value }) {
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
		return !slices.ContainsFunc(t.MatchExpressions, func(e corev1.NodeSelectorRequirement) bool { return !p.mayMatch(e) })
	})
}

// mayMatch reports whether a node of the group may match an expression.
func (p place) mayMatch(e corev1.NodeSelectorRequirement) bool {
	listed := func(v string) bool { return slices.Contains(e.Values, v) }
	switch e.Operator {
	case corev1.NodeSelectorOpIn:
		return p.mayHave(e.Key, listed)
	case corev1.NodeSelectorOpNotIn:
		return p.mayLack(e.Key) || p.mayHave(e.Key, func(v string) bool { return !listed(v) })
	case corev1.NodeSelectorOpDoesNotExist:
		return p.mayLack(e.Key)
	}
	return p.mayHave(e.Key, func(string) bool { return true })
}

// mayHave reports whether a node of the group may have a label with a value for which
// wanted returns true.
func (p place) mayHave(key string, wanted func(string) bool) bool {
	if p.isNew(key) {
		return wanted(p.build)
	}
	l := p.labels[key]
	if l == nil {
		return len(p.labels) >= maxLabels || len(key) > maxKeyLength // else no node has it
	}
	if l.nodes[p.group] == 0 || l.values == nil {
		return l.nodes[p.group] > 0
	}
	for value, groups := range l.values {
		if groups.has(p.group) && wanted(value) {
			return true
		}
	}
	return false
}

// mayLack reports whether a node of the group may lack a label.
func (p place) mayLack(key string) bool {
	l := p.labels[key]
	return !p.isNew(key) && (l == nil || int(l.nodes[p.group]) < p.groups[p.group].Nodes)
}

// isNew reports whether an upgrade sets a label.
func (p place) isNew(key string) bool { return p.build != "" && key == corev1.LabelWindowsBuild }
