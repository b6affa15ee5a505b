// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate_test

import (
	"slices"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/hostprocess-go/sdk/validate"
)

func TestNamespaceAndNodeOfNothing(t *testing.T) {
	var v validate.Validator
	spec := &representative().Spec
	ns := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Labels: map[string]string{"pod-security.kubernetes.io/enforce": "restricted"}}}
	node := &corev1.Node{Status: corev1.NodeStatus{NodeInfo: corev1.NodeSystemInfo{OperatingSystem: "linux"}}}
	for name, got := range map[string]validate.Findings{
		"nil namespace":                v.Namespace(nil, spec),
		"nil pod in a namespace":       v.Namespace(ns, nil),
		"ordinary pod in a namespace":  v.Namespace(ns, &corev1.PodSpec{}),
		"nil node":                     v.Node(nil, spec),
		"nil pod on a node":            v.Node(node, nil),
		"ordinary pod on a Linux node": v.Node(node, &corev1.PodSpec{}),
	} {
		if got != nil {
			t.Errorf("%s: %v", name, got)
		}
	}
	if v.Namespace(ns, spec) == nil || v.Node(node, spec) == nil {
		t.Error("the pod itself has no findings")
	}
	v.Ignore = []validate.RuleID{"namespace-pod-security-enforce", "node-os", "node-selection"}
	if got := append(v.Namespace(ns, spec), v.Node(node, spec)...); got != nil {
		t.Errorf("ignored rules find %v", got)
	}
}

// FuzzSelection compares two parts of the package: the operating systems that a pod
// selects, and the nodes that it matches. If the selection excludes Windows, no Windows
// node may match; if it allows only Windows, no Linux node may.
func FuzzSelection(f *testing.F) {
	f.Add([]byte{}, []byte{})                               // selects nothing
	f.Add([]byte{0, 0}, []byte{})                           // kubernetes.io/os: windows
	f.Add([]byte{0, 1, 5, 3}, []byte{})                     // linux, and a label
	f.Add([]byte{}, []byte{0, 0, 0, 255, 0, 1, 1})          // In windows, or NotIn linux
	f.Add([]byte{0, 0}, []byte{0, 0, 1, 255, 2, 2, 4})      // only one of two terms can match
	f.Add([]byte{3, 2}, []byte{0, 3, 0, 255, 255, 2, 4, 9}) // build, and empty terms
	f.Fuzz(func(t *testing.T, selector, affinity []byte) {
		spec := &representative().Spec
		spec.NodeSelector = fuzzSelector(selector)
		spec.Affinity = fuzzAffinity(affinity)
		var v validate.Validator
		pod := v.PodSpec(spec, nil)
		if found(pod, "os-selection-contradictory") {
			for _, node := range someNodes("windows") {
				if !found(v.Node(node, spec), "node-selection") {
					t.Errorf("%v excludes no Windows: it matches %v", pod, node.Labels)
				}
			}
		} else if !found(pod, "os-selection-missing") && !pinned(spec) {
			for _, node := range someNodes("linux") {
				if !found(v.Node(node, spec), "node-selection") {
					t.Errorf("nothing is found, but it matches %v", node.Labels)
				}
			}
		}
	})
}

func found(findings validate.Findings, id validate.RuleID) bool {
	return slices.ContainsFunc(findings, func(f validate.Finding) bool { return f.Rule == id })
}

var (
	fuzzKeys      = []string{corev1.LabelOSStable, "beta.kubernetes.io/os", corev1.LabelWindowsBuild, "kubernetes.azure.com/os-sku", corev1.LabelHostname, "pool"}
	fuzzValues    = []string{"windows", "linux", "10.0.20348", "Windows2022", "Ubuntu", "agents", "Windows", ""}
	fuzzOperators = []corev1.NodeSelectorOperator{corev1.NodeSelectorOpIn, corev1.NodeSelectorOpNotIn, corev1.NodeSelectorOpExists, corev1.NodeSelectorOpDoesNotExist, corev1.NodeSelectorOpGt, "Like"}
)

// pick chooses one of the values by a byte.
func pick[T any](values []T, b byte) T { return values[int(b)%len(values)] }

// fuzzSelector makes a nodeSelector of pairs of bytes.
func fuzzSelector(data []byte) map[string]string {
	selector := map[string]string{}
	for ; len(data) > 1; data = data[2:] {
		selector[pick(fuzzKeys, data[0])] = pick(fuzzValues, data[1])
	}
	return selector
}

// fuzzAffinity makes a required node affinity: three bytes are an expression,
// and 255 ends a term.
func fuzzAffinity(data []byte) *corev1.Affinity {
	if len(data) == 0 {
		return nil
	}
	terms := []corev1.NodeSelectorTerm{{}}
	for len(data) > 0 {
		if data[0] == 255 {
			terms, data = append(terms, corev1.NodeSelectorTerm{}), data[1:]
			continue
		}
		if len(data) < 3 {
			break
		}
		e := corev1.NodeSelectorRequirement{Key: pick(fuzzKeys, data[0]), Operator: pick(fuzzOperators, data[1])}
		if e.Operator != corev1.NodeSelectorOpExists && e.Operator != corev1.NodeSelectorOpDoesNotExist {
			e.Values = []string{pick(fuzzValues, data[2])}
			if data[2] > 127 && e.Operator != corev1.NodeSelectorOpGt {
				e.Values = append(e.Values, pick(fuzzValues, data[2]/8))
			}
		}
		last := &terms[len(terms)-1]
		last.MatchExpressions, data = append(last.MatchExpressions, e), data[3:]
	}
	return &corev1.Affinity{NodeAffinity: &corev1.NodeAffinity{RequiredDuringSchedulingIgnoredDuringExecution: &corev1.NodeSelector{NodeSelectorTerms: terms}}}
}

// pinned reports whether the pod selects nodes by name, whose system isn't known.
func pinned(spec *corev1.PodSpec) bool {
	if _, ok := spec.NodeSelector[corev1.LabelHostname]; ok {
		return true
	}
	if spec.Affinity == nil {
		return false
	}
	return slices.ContainsFunc(spec.Affinity.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution.NodeSelectorTerms, func(term corev1.NodeSelectorTerm) bool {
		return slices.ContainsFunc(term.MatchExpressions, func(e corev1.NodeSelectorRequirement) bool { return e.Key == corev1.LabelHostname })
	})
}

// someNodes are nodes with every combination of labels that nodes of an
// operating system can have.
func someNodes(os string) []*corev1.Node {
	builds, skus := []string{""}, []string{"", "Ubuntu", "AzureLinux"}
	if os == "windows" {
		builds, skus = []string{"10.0.17763", "10.0.20348"}, []string{"", "Windows2019", "Windows2022"}
	}
	var nodes []*corev1.Node
	for _, build := range builds {
		for _, sku := range skus {
			for _, pool := range append([]string{"absent"}, fuzzValues...) {
				labels := map[string]string{corev1.LabelOSStable: os, "beta.kubernetes.io/os": os, corev1.LabelHostname: "node-1"}
				for key, value := range map[string]string{corev1.LabelWindowsBuild: build, "kubernetes.azure.com/os-sku": sku} {
					if value != "" {
						labels[key] = value
					}
				}
				if pool != "absent" {
					labels["pool"] = pool
				}
				nodes = append(nodes, &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: "node-1", Labels: labels}})
			}
		}
	}
	return nodes
}
