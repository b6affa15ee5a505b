// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package survey

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/hostprocess-go/sdk/validate"
)

// Part is a set of nodes that one DaemonSet can serve, if Can has HostProcess. The zero
// Part is empty.
type Part struct {
	// Can are the capabilities that every node of the part certainly has, and Unknown
	// those that some may have.
	Can, Unknown Capabilities
	// Nodes is the number of nodes.
	Nodes int
	// Groups are the kinds of nodes in the part, in the order of Survey.Groups.
	Groups []Group
	// Targets are the strictest targets of its nodes, for validate.Validator.Targets: a
	// pod without an Error for them runs on every node of the part, as far as the nodes
	// report what they are. There are several if nodes are strict in different ways, as
	// each mode is; see validate.Strictest. It is nil if none of the nodes is known to
	// run HostProcess pods; see Node.Targets.
	Targets []validate.Target
	// Selector are required node affinity expressions that select the nodes of the part,
	// and no others, by their labels. An expression with a single value can also be
	// written into a nodeSelector. It is nil if no labels select the part; label the
	// nodes yourself then.
	//
	// It relies on the labels of the nodes in the survey: you have to make sure that new
	// nodes get the same labels.
	Selector []corev1.NodeSelectorRequirement
}

// Split splits the nodes by the needed capabilities that they have, for one DaemonSet
// each. Nodes for which that isn't known are separate parts, and so are nodes that can't
// run HostProcess pods, regardless of need. In every other part, one DaemonSet can serve
// all nodes, if its pod is validated for the part's Targets and relies on no other
// capabilities than the part's.
//
// Parts with more capabilities come first. The result is nil if no node is known to run
// HostProcess pods. So a single part means that one DaemonSet can serve all nodes; if the
// part's Can has need, the DaemonSet can rely on it. To split by mode, use
// LocalGroups|InClusterConfig.
//
// With need 0, nothing is split: a single part has the common capabilities and the
// strictest targets of all nodes, and the result is nil only if there are no Windows
// nodes.
func (s *Survey) Split(need Capabilities) []Part {
	type answer struct{ can, unknown Capabilities }
	if need != 0 {
		need |= CapabilityHostProcess
		if !slices.ContainsFunc(s.groups, func(g Group) bool { return g.Node.Can.Has(CapabilityHostProcess) }) {
			return nil
		}
	}
	parts := map[answer][]int{}
	for _, i := range s.order() {
		n := s.groups[i].Node
		a := answer{n.Can & need, n.Unknown & need}
		parts[a] = append(parts[a], i)
	}
	answers := slices.SortedFunc(maps.Keys(parts), func(a, b answer) int {
		return cmp.Or(cmp.Compare(b.can, a.can), cmp.Compare(a.unknown, b.unknown))
	})
	var split []Part
	for _, a := range answers {
		split = append(split, s.part(parts[a]))
	}
	return split
}

// part describes the nodes of some groups.
func (s *Survey) part(indexes []int) Part {
	p := Part{Can: all}
	var inside groupSet
	for _, i := range indexes {
		g := s.groups[i]
		g.Names = slices.Clone(g.Names)
		p.Groups = append(p.Groups, g)
		p.Can &= g.Node.Can
		p.Unknown |= g.Node.Unknown
		p.Nodes += g.Nodes
		p.Targets = s.appendTargets(p.Targets, i, Node{})
		inside.add(i)
	}
	p.Targets = validate.Strictest(p.Targets)
	p.Selector = s.selector(inside)
	return p
}

// appendTargets appends the targets of a group after an upgrade, without duplicates:
// nodes that differ only in their build have the same targets.
func (s *Survey) appendTargets(targets []validate.Target, group int, to Node) []validate.Target {
	for _, n := range s.after(group, to) {
		for _, t := range n.Targets() {
			if !slices.Contains(targets, t) {
				targets = append(targets, t)
			}
		}
	}
	return targets
}

// selector finds labels that select all nodes of some groups, and no others. It
// repeatedly takes the label that excludes most of the others, until none is left.
func (s *Survey) selector(inside groupSet) []corev1.NodeSelectorRequirement {
	windows := s.choice(corev1.LabelOSStable, inside)
	if !slices.Equal(windows.values, []string{string(corev1.Windows)}) {
		return nil
	}
	choices := s.choices(inside)
	selector := []corev1.NodeSelectorRequirement{windows.requirement()}
	left := s.outside(inside)
	for len(left) > 0 {
		best := choice{}
		for _, c := range choices {
			if c.leavesOut(left) > best.leavesOut(left) {
				best = c
			}
		}
		if best.key == "" {
			return nil
		}
		left = slices.DeleteFunc(left, func(i int) bool { return !best.selected.has(i) })
		selector = append(selector, best.requirement())
	}
	return selector
}

// outside are the indexes of all other groups.
func (s *Survey) outside(inside groupSet) []int {
	var others []int
	for i := range s.groups {
		if !inside.has(i) {
			others = append(others, i)
		}
	}
	return others
}

// choice is a label with the values that it has in some groups.
type choice struct {
	key      string
	values   []string
	selected groupSet // groups with a node that has one of the values
}

// choice returns a label with its values in the groups; the zero choice if not all nodes
// of the groups have the label, or if it has too many values.
func (s *Survey) choice(key string, inside groupSet) choice {
	l := s.labels[key]
	if l == nil || l.values == nil {
		return choice{}
	}
	for i, g := range s.groups {
		if inside.has(i) && int(l.nodes[i]) != g.Nodes {
			return choice{}
		}
	}
	c := choice{key: key}
	for value, groups := range l.values {
		if groups.overlaps(inside) {
			c.values = append(c.values, value)
			c.selected.addAll(groups)
		}
	}
	slices.Sort(c.values)
	return c
}

// choices are all labels that can be used, starting with those that say most about the
// software of a node.
func (s *Survey) choices(inside groupSet) []choice {
	var choices []choice
	for key := range s.labels {
		if key == corev1.LabelHostname {
			continue // it names one node
		}
		if c := s.choice(key, inside); c.key != "" {
			choices = append(choices, c)
		}
	}
	slices.SortFunc(choices, func(a, b choice) int {
		return cmp.Or(
			cmp.Compare(rank(a.key), rank(b.key)),
			cmp.Compare(len(a.values), len(b.values)),
			strings.Compare(a.key, b.key),
		)
	})
	return choices
}

// rank orders labels by how closely they describe a node's software: the build of
// Windows, then the node pool, then anything else, then location and size.
func rank(key string) int {
	_, name, _ := strings.Cut(key, "/")
	name = cmp.Or(name, key)
	switch {
	case key == corev1.LabelWindowsBuild:
		return 0
	case strings.HasSuffix(name, "pool") || strings.HasSuffix(name, "nodegroup"):
		return 1
	case slices.Contains([]string{"zone", "region", "instance-type"}, name):
		return 3
	}
	return 2
}

// leavesOut returns the number of groups that the choice doesn't select.
func (c choice) leavesOut(groups []int) int {
	count := 0
	for _, i := range groups {
		if c.key != "" && !c.selected.has(i) {
			count++
		}
	}
	return count
}

func (c choice) requirement() corev1.NodeSelectorRequirement {
	return corev1.NodeSelectorRequirement{Key: c.key, Operator: corev1.NodeSelectorOpIn, Values: c.values}
}
