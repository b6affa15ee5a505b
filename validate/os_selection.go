// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/hostprocess-go/sdk/internal/nodes"
)

// selected is the operating systems that a selection of nodes allows.
type selected uint8

const (
	// anySystem: no known requirement.
	anySystem selected = iota
	// oneNode: it names a node, whose system isn't known.
	oneNode
	// onlyWindows: only Windows nodes match.
	onlyWindows
	// noWindows: no Windows node matches.
	noWindows
)

// and combines two selections that must both match.
func (s selected) and(other selected) selected { return max(s, other) }

// osSelection is the pod's requirements for the operating system of its nodes.
type osSelection struct {
	// system is the combined requirement.
	system selected
	// contradiction is the field that excludes Windows, if system is noWindows.
	contradiction string
	// loose is the first term of the affinity that allows other nodes, if another one
	// is for Windows.
	loose string
}

const (
	selectorField = "nodeSelector"
	affinityField = "affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms"
)

// osSelection returns the selection of the nodeSelector and the required node affinity.
// A preferred affinity selects nothing.
func (p pod) osSelection() osSelection {
	s := selectedByLabels(p.spec.NodeSelector)
	if s.system == noWindows {
		return s
	}
	affinity, loose := selectedByTerms(requiredTerms(p.spec))
	switch {
	case affinity == noWindows:
		s.contradiction = affinityField
	case loose >= 0 && s.system == anySystem:
		s.loose = affinityField + "[" + strconv.Itoa(loose) + "]"
	}
	s.system = s.system.and(affinity)
	return s
}

// selectedByLabels is the selection of a nodeSelector, whose labels must all match.
func selectedByLabels(labels map[string]string) osSelection {
	var s osSelection
	for label, value := range labels {
		one := labelIn(label, value)
		s.system = s.system.and(one)
		if one != noWindows {
			continue
		}
		// The order of a map is random; of several, name always the same.
		if field := selectorField + "[" + label + "]"; s.contradiction == "" || field < s.contradiction {
			s.contradiction = field
		}
	}
	return s
}

// hasRequiredAffinity reports whether the pod has a required node affinity. One
// without terms matches no node.
func hasRequiredAffinity(spec *corev1.PodSpec) bool {
	return spec.Affinity != nil && spec.Affinity.NodeAffinity != nil && spec.Affinity.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution != nil
}

// requiredTerms returns the terms of the required node affinity, or nil. A node must
// match one of them.
func requiredTerms(spec *corev1.PodSpec) []corev1.NodeSelectorTerm {
	if spec.Affinity == nil || spec.Affinity.NodeAffinity == nil || spec.Affinity.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution == nil {
		return nil
	}
	return spec.Affinity.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution.NodeSelectorTerms
}

// selectedByTerms returns the selection of terms; a node must match one of them. It also
// returns the index of the first term that allows other nodes although another one
// selects Windows, or -1.
func selectedByTerms(terms []corev1.NodeSelectorTerm) (selected, int) {
	all := noWindows
	loose, windows := -1, false
	for i := range terms {
		if len(terms[i].MatchExpressions)+len(terms[i].MatchFields) == 0 {
			continue // matches no node
		}
		one := selectedByTerm(&terms[i])
		windows = windows || one == onlyWindows
		if loose < 0 && (one == anySystem || one == noWindows) {
			loose = i
		}
		all = min(all, one)
	}
	switch {
	case len(terms) == 0:
		return anySystem, -1
	case !windows:
		return all, -1
	case loose >= 0:
		return anySystem, loose
	}
	return all, -1
}

// selectedByTerm is the selection of a term, whose expressions must all match.
func selectedByTerm(term *corev1.NodeSelectorTerm) selected {
	s := anySystem
	for i := range term.MatchExpressions {
		s = s.and(selectedByExpression(&term.MatchExpressions[i]))
	}
	for i := range term.MatchFields {
		if term.MatchFields[i].Operator == corev1.NodeSelectorOpIn {
			s = s.and(oneNode) // metadata.name is the only field there is
		}
	}
	return s
}

func selectedByExpression(e *corev1.NodeSelectorRequirement) selected {
	isOS := e.Key == corev1.LabelOSStable || e.Key == nodes.LabelBetaOS
	switch {
	case e.Operator == corev1.NodeSelectorOpIn:
		return labelIn(e.Key, e.Values...)
	case isOS && e.Operator == corev1.NodeSelectorOpNotIn && slices.Contains(e.Values, string(corev1.Windows)):
		return noWindows
	case isOS && e.Operator == corev1.NodeSelectorOpNotIn && slices.Contains(e.Values, string(corev1.Linux)):
		return onlyWindows // there are no others
	case isOS && e.Operator == corev1.NodeSelectorOpDoesNotExist:
		return noWindows // every kubelet sets it
	case e.Key == corev1.LabelWindowsBuild && e.Operator == corev1.NodeSelectorOpDoesNotExist:
		return noWindows
	case e.Key == corev1.LabelWindowsBuild && e.Operator == corev1.NodeSelectorOpExists:
		return onlyWindows
	}
	return anySystem
}

// labelIn is the selection of nodes whose label has one of the values.
func labelIn(label string, values ...string) selected {
	var windows int
	switch label {
	case corev1.LabelWindowsBuild:
		return onlyWindows // no other nodes have it
	case corev1.LabelHostname:
		return oneNode
	case nodes.LabelAzureSKU:
		for _, value := range values {
			if strings.HasPrefix(value, "Windows") {
				windows++
			}
		}
	case corev1.LabelOSStable, nodes.LabelBetaOS:
		for _, value := range values {
			if value == string(corev1.Windows) {
				windows++
			}
		}
	default:
		return anySystem
	}
	switch windows {
	case 0:
		return noWindows
	case len(values):
		return onlyWindows
	}
	return anySystem
}
