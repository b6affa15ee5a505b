// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package survey

import (
	corev1 "k8s.io/api/core/v1"
)

// Bounds of what is kept of labels. A label with more values than maxValues, as
// kubernetes.io/hostname has, can't be used to select kinds of nodes anyway.
const (
	maxLabels      = 256
	maxValues      = 64
	maxKeyLength   = 317 // a DNS name, a slash and a name
	maxValueLength = 63
)

// label is what is known of one label.
type label struct {
	// values says which groups have the value; nil after there were too many.
	values map[string]groupSet
	// nodes is how many nodes of each group have the label.
	nodes [maxGroups]uint32
}

// groupSet is a set of indexes of groups.
type groupSet [maxGroups / 64]uint64

func (s *groupSet) add(i int)      { s[i/64] |= 1 << (i % 64) }
func (s *groupSet) has(i int) bool { return s[i/64]&(1<<(i%64)) != 0 }

func (s *groupSet) addAll(other groupSet) {
	for i := range s {
		s[i] |= other[i]
	}
}

// overlaps reports whether the two have an element in common.
func (s groupSet) overlaps(other groupSet) bool {
	for i := range s {
		if s[i]&other[i] != 0 {
			return true
		}
	}
	return false
}

// addLabels notes the labels of a node of a group.
func (s *Survey) addLabels(group int, labels map[string]string) {
	if s.labels == nil {
		// The two that every Windows node has are never crowded out.
		s.labels = map[string]*label{
			corev1.LabelOSStable:     {values: map[string]groupSet{}},
			corev1.LabelWindowsBuild: {values: map[string]groupSet{}},
		}
	}
	for key, value := range labels {
		l := s.labels[key]
		if l == nil {
			if len(s.labels) >= maxLabels || len(key) > maxKeyLength {
				continue
			}
			l = &label{values: map[string]groupSet{}}
			s.labels[key] = l
		}
		l.add(group, value)
	}
}

// add notes that a node of a group has the label with a value.
func (l *label) add(group int, value string) {
	l.nodes[group]++
	if l.values == nil {
		return
	}
	groups, known := l.values[value]
	if groups.has(group) {
		return
	}
	if !known && (len(l.values) >= maxValues || len(value) > maxValueLength) {
		l.values = nil
		return
	}
	groups.add(group)
	l.values[value] = groups
}
