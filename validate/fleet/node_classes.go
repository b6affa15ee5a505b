// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package fleet

import (
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// nodesShown is the number of nodes that a conflict names.
const nodesShown = 3

// nodeClass is a set of nodes that no selection distinguishes.
type nodeClass struct {
	node  *corev1.Node // one of them
	names []string     // the first, by name
	count int
}

// nodeClasses are all nodes, with an index by label.
type nodeClasses struct {
	list   []nodeClass
	byPin  map[pin][]int32
	byName map[string][]int32
}

// pin is a label with a value.
type pin struct{ key, value string }

// mention is the requirements of all selections for one label.
type mention struct {
	any    bool            // they compare it as a number
	values map[string]bool // that they name
}

// classify groups nodes that differ in nothing that a selection mentions.
func classify(all map[string]*corev1.Node, list []*selection) *nodeClasses {
	labels, names := mentions(list)
	keys := slices.Sorted(maps.Keys(labels))
	c := &nodeClasses{byPin: map[pin][]int32{}, byName: map[string][]int32{}}
	known := map[string]int32{}
	var key []byte
	for _, name := range slices.Sorted(maps.Keys(all)) {
		node := all[name]
		key = append(key[:0], node.Status.NodeInfo.OperatingSystem+"\x00"+node.Status.NodeInfo.Architecture+"\x00"+node.Status.NodeInfo.ContainerRuntimeVersion...)
		for i := range node.Spec.Taints {
			t := &node.Spec.Taints[i]
			key = append(key, "\x01"+t.Key+"\x00"+t.Value+"\x00"+string(t.Effect)...)
		}
		for _, label := range keys {
			value, has := node.Labels[label]
			switch m := labels[label]; {
			case !has:
				key = append(key, 2)
			case m.any || m.values[value]:
				key = append(append(key, 3), value...)
			default:
				key = append(key, 4)
			}
		}
		if names[name] {
			key = append(append(key, 5), name...)
		}
		i, ok := known[string(key)]
		if !ok {
			i = int32(len(c.list))
			known[string(key)] = i
			c.list = append(c.list, nodeClass{node: node})
			for _, label := range keys {
				if value, has := node.Labels[label]; has && labels[label].values[value] {
					c.byPin[pin{label, value}] = append(c.byPin[pin{label, value}], i)
				}
			}
			if names[name] {
				c.byName[name] = append(c.byName[name], i)
			}
		}
		class := &c.list[i]
		class.count++
		if len(class.names) < nodesShown {
			class.names = append(class.names, name)
		}
	}
	return c
}

// mentions returns the labels that selections mention, and the names of nodes.
func mentions(list []*selection) (map[string]*mention, map[string]bool) {
	labels, names := map[string]*mention{}, map[string]bool{}
	for _, s := range list {
		for _, t := range s.terms {
			for _, r := range t {
				if r.field {
					for _, value := range r.Values {
						names[value] = true
					}
					continue
				}
				m := labels[r.Key]
				if m == nil {
					m = &mention{values: map[string]bool{}}
					labels[r.Key] = m
				}
				switch r.Operator {
				case corev1.NodeSelectorOpGt, corev1.NodeSelectorOpLt:
					m.any = true
				}
				for _, value := range r.Values {
					m.values[value] = true
				}
			}
		}
	}
	return labels, names
}

// of returns the classes of the nodes that a pod can run on, in order.
func (c *nodeClasses) of(spec *corev1.PodSpec) []int32 {
	var list []int32
	try := func(i int32) {
		if canBeOn(spec, c.list[i].node) {
			list = append(list, i)
		}
	}
	if candidates, ok := c.candidates(spec); ok {
		for _, i := range candidates {
			try(i)
		}
		return list
	}
	for i := range c.list {
		try(int32(i))
	}
	return list
}

// candidates returns the classes that have the rarest of the labels that a pod selects.
func (c *nodeClasses) candidates(spec *corev1.PodSpec) ([]int32, bool) {
	if spec.NodeName != "" {
		return c.byName[spec.NodeName], true
	}
	var best []int32
	found := false
	for key, value := range spec.NodeSelector {
		if one := c.byPin[pin{key, value}]; !found || len(one) < len(best) {
			best, found = one, true
		}
	}
	return best, found
}

// count returns the number of nodes in classes.
func (c *nodeClasses) count(list []int32) int {
	count := 0
	for _, i := range list {
		count += c.list[i].count
	}
	return count
}

// common returns the number of nodes that two lists of classes have in common, and the
// first of their names.
func (c *nodeClasses) common(a, b []int32) (count int, names []string) {
	for len(a) > 0 && len(b) > 0 {
		switch {
		case a[0] < b[0]:
			a = a[1:]
		case a[0] > b[0]:
			b = b[1:]
		default:
			class := &c.list[a[0]]
			count += class.count
			names = append(names, class.names...)
			if len(names) > 2*nodesShown {
				names = firstNames(names)
			}
			a, b = a[1:], b[1:]
		}
	}
	return count, firstNames(names)
}

func firstNames(names []string) []string {
	slices.SortFunc(names, strings.Compare)
	return names[:min(len(names), nodesShown)]
}
