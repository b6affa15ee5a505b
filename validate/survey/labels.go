// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package survey

import (
	corev1 "k8s.io/api/core/v1"
)

// Limits for the labels that are kept. A label with more values than maxValues, such as
// kubernetes.io/hostname, can't select kinds of nodes anyway.
const (
	maxLabels      = 256
	maxValues      = 64
	maxKeyLength   = 317 // a DNS name, a slash and a name
	maxValueLength = 63
)

// label is the survey's knowledge about one label.
type label struct {
	// values are the groups that have each value; nil once there were too many values.
	values map[string]groupSet
	// nodes is the number of nodes of each group that have the label.
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

// overlaps reports whether the two sets have an element in common.
func (s groupSet) overlaps(other groupSet) bool {
	for i := range s {
		if s[i]&other[i] != 0 {
			return true
		}
	}
	return false
}

// addLabels records the labels of a node of a group.
func (s *Survey) addLabels(group int, labels map[string]string) {
	if s.labels == nil {
		// The two labels that every Windows node has always have room.
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

// add records that a node of a group has the label with a value.
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
