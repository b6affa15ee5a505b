// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

// Package nodes knows which nodes a pod selects, and what pods of one node share: what
// the rules of package validate and the conflicts of package fleet both rest on.
package nodes

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/selection"
)

// Labels of nodes that select Windows nodes, in addition to those of the API.
const (
	// LabelBetaOS is the old name of kubernetes.io/os. The kubelet still sets it.
	LabelBetaOS = "beta.kubernetes.io/os"
	// LabelAzureSKU is set by the Azure Kubernetes Service: Windows2022, Ubuntu.
	LabelAzureSKU = "kubernetes.azure.com/os-sku"
)

// MatchesAny reports whether a node matches one of the terms. A term that is empty,
// or can't be understood, matches none.
//
// Source: https://github.com/kubernetes/kubernetes/blob/v1.37.2/staging/src/k8s.io/component-helpers/scheduling/corev1/nodeaffinity/nodeaffinity.go
func MatchesAny(terms []corev1.NodeSelectorTerm, node *corev1.Node) bool {
	for i := range terms {
		if MatchesTerm(&terms[i], node) {
			return true
		}
	}
	return false
}

// MatchesTerm reports whether a node matches all of a term that isn't empty.
func MatchesTerm(term *corev1.NodeSelectorTerm, node *corev1.Node) bool {
	if len(term.MatchExpressions)+len(term.MatchFields) == 0 {
		return false
	}
	for i := range term.MatchExpressions {
		if !MatchesLabel(&term.MatchExpressions[i], labels.Set(node.Labels)) {
			return false
		}
	}
	for i := range term.MatchFields {
		if !matchesField(&term.MatchFields[i], node) {
			return false
		}
	}
	return true
}

// MatchesLabel reports whether labels match an expression, which matches none if it
// can't be understood.
func MatchesLabel(e *corev1.NodeSelectorRequirement, set labels.Set) bool {
	requirement, err := labels.NewRequirement(e.Key, labelOperator(e.Operator), e.Values)
	return err == nil && requirement.Matches(set)
}

// labelOperator is an operator of node selectors in the words of labels, or
// nothing where there is no such operator.
func labelOperator(operator corev1.NodeSelectorOperator) selection.Operator {
	switch operator {
	case corev1.NodeSelectorOpIn:
		return selection.In
	case corev1.NodeSelectorOpNotIn:
		return selection.NotIn
	case corev1.NodeSelectorOpExists:
		return selection.Exists
	case corev1.NodeSelectorOpDoesNotExist:
		return selection.DoesNotExist
	case corev1.NodeSelectorOpGt:
		return selection.GreaterThan
	case corev1.NodeSelectorOpLt:
		return selection.LessThan
	}
	return ""
}

// matchesField reports whether a field of the node matches. The only such field is
// metadata.name, and an expression has exactly one value.
func matchesField(e *corev1.NodeSelectorRequirement, node *corev1.Node) bool {
	if len(e.Values) != 1 {
		return false
	}
	name := ""
	if e.Key == "metadata.name" {
		name = node.Name
	}
	switch e.Operator {
	case corev1.NodeSelectorOpIn:
		return name == e.Values[0]
	case corev1.NodeSelectorOpNotIn:
		return name != e.Values[0]
	}
	return false
}
