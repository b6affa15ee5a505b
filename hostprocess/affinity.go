// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package hostprocess

import (
	"errors"
	"slices"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	metavalidation "k8s.io/apimachinery/pkg/apis/meta/v1/validation"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// affinity wants what the API server wants.
// Source: https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/apis/core/validation/validation.go#L5117
func (ms *mistakes) affinity(a corev1.Affinity) {
	found := affinityCheck{ms}
	if node := a.NodeAffinity; node != nil {
		at := field.NewPath("affinity", "nodeAffinity")
		if node.RequiredDuringSchedulingIgnoredDuringExecution != nil {
			found.required(*node.RequiredDuringSchedulingIgnoredDuringExecution, at.Child("requiredDuringSchedulingIgnoredDuringExecution", "nodeSelectorTerms"))
		}
		for i, term := range node.PreferredDuringSchedulingIgnoredDuringExecution {
			at := at.Child("preferredDuringSchedulingIgnoredDuringExecution").Index(i)
			found.weight(term.Weight, at)
			found.nodeTerm(term.Preference, false, at.Child("preference"))
		}
	}
	if pod := a.PodAffinity; pod != nil {
		found.podTerms(pod.RequiredDuringSchedulingIgnoredDuringExecution, pod.PreferredDuringSchedulingIgnoredDuringExecution, field.NewPath("affinity", "podAffinity"))
	}
	if pod := a.PodAntiAffinity; pod != nil {
		found.podTerms(pod.RequiredDuringSchedulingIgnoredDuringExecution, pod.PreferredDuringSchedulingIgnoredDuringExecution, field.NewPath("affinity", "podAntiAffinity"))
	}
}

type affinityCheck struct{ found *mistakes }

func (c affinityCheck) add(at *field.Path, value any, err error) {
	c.found.add("WithAffinity", at.String(), value, err)
}

func (c affinityCheck) weight(weight int32, at *field.Path) {
	c.add(at.Child("weight"), weight, form(validation.IsInRange(int(weight), 1, 100)))
}

func (c affinityCheck) required(selector corev1.NodeSelector, at *field.Path) {
	if len(selector.NodeSelectorTerms) == 0 {
		c.add(at, nil, errors.New("there is no term: no node would match"))
	}
	for i, term := range selector.NodeSelectorTerms {
		c.nodeTerm(term, true, at.Index(i))
	}
}

func (c affinityCheck) nodeTerm(term corev1.NodeSelectorTerm, values bool, at *field.Path) {
	for i, want := range term.MatchExpressions {
		at := at.Child("matchExpressions").Index(i)
		c.operator(want, at)
		c.add(at.Child("key"), want.Key, form(validation.IsQualifiedName(want.Key)))
		for j, value := range want.Values {
			if values {
				c.add(at.Child("values").Index(j), value, form(validation.IsValidLabelValue(value)))
			}
		}
	}
	for i, want := range term.MatchFields {
		c.nodeField(want, at.Child("matchFields").Index(i))
	}
}

func (c affinityCheck) operator(want corev1.NodeSelectorRequirement, at *field.Path) {
	var err error
	switch want.Operator {
	case corev1.NodeSelectorOpIn, corev1.NodeSelectorOpNotIn:
		if len(want.Values) == 0 {
			err = errors.New("needs values")
		}
	case corev1.NodeSelectorOpExists, corev1.NodeSelectorOpDoesNotExist:
		if len(want.Values) != 0 {
			err = errors.New("can't have values")
		}
	case corev1.NodeSelectorOpGt, corev1.NodeSelectorOpLt:
		if len(want.Values) != 1 {
			err = errors.New("needs one value")
		}
	default:
		err = oneOf(want.Operator, corev1.NodeSelectorOpIn, corev1.NodeSelectorOpNotIn, corev1.NodeSelectorOpExists,
			corev1.NodeSelectorOpDoesNotExist, corev1.NodeSelectorOpGt, corev1.NodeSelectorOpLt)
	}
	c.add(at.Child("operator"), string(want.Operator), err)
}

// nodeField is about matchFields, which knows one field: the node's name.
func (c affinityCheck) nodeField(want corev1.NodeSelectorRequirement, at *field.Path) {
	c.add(at.Child("operator"), string(want.Operator), oneOf(want.Operator, corev1.NodeSelectorOpIn, corev1.NodeSelectorOpNotIn))
	c.add(at.Child("key"), want.Key, oneOf(want.Key, metav1.ObjectNameField))
	if len(want.Values) != 1 {
		c.add(at.Child("values"), want.Values, errors.New("must be one name of a node"))
	}
	for i, name := range want.Values {
		c.add(at.Child("values").Index(i), name, subdomain(name))
	}
}

func (c affinityCheck) podTerms(required []corev1.PodAffinityTerm, preferred []corev1.WeightedPodAffinityTerm, at *field.Path) {
	for i, term := range required {
		c.podTerm(term, at.Child("requiredDuringSchedulingIgnoredDuringExecution").Index(i))
	}
	for i, term := range preferred {
		at := at.Child("preferredDuringSchedulingIgnoredDuringExecution").Index(i)
		c.weight(term.Weight, at)
		c.podTerm(term.PodAffinityTerm, at.Child("podAffinityTerm"))
	}
}

func (c affinityCheck) podTerm(term corev1.PodAffinityTerm, at *field.Path) {
	c.add(at.Child("topologyKey"), term.TopologyKey, form(validation.IsQualifiedName(term.TopologyKey)))
	for i, namespace := range term.Namespaces {
		c.add(at.Child("namespaces").Index(i), namespace, label(namespace))
	}
	c.selector(term.LabelSelector, at.Child("labelSelector"))
	c.selector(term.NamespaceSelector, at.Child("namespaceSelector"))
	c.labelKeys(term, at)
}

func (c affinityCheck) selector(selector *metav1.LabelSelector, at *field.Path) {
	for _, err := range metavalidation.ValidateLabelSelector(selector, metavalidation.LabelSelectorValidationOptions{}, at) {
		c.add(at, err.BadValue, err)
	}
}

func (c affinityCheck) labelKeys(term corev1.PodAffinityTerm, at *field.Path) {
	lists := []struct {
		name string
		keys []string
	}{{"matchLabelKeys", term.MatchLabelKeys}, {"mismatchLabelKeys", term.MismatchLabelKeys}}
	for _, list := range lists {
		if len(list.keys) > 0 && term.LabelSelector == nil {
			c.add(at.Child(list.name), list.keys, errors.New("needs a labelSelector"))
		}
		for i, key := range list.keys {
			c.add(at.Child(list.name).Index(i), key, form(validation.IsQualifiedName(key)))
		}
	}
	for i, key := range term.MatchLabelKeys {
		if slices.Contains(term.MismatchLabelKeys, key) || selects(term.LabelSelector, key) {
			c.add(at.Child("matchLabelKeys").Index(i), key, errors.New("is in mismatchLabelKeys or labelSelector as well"))
		}
	}
}

func selects(selector *metav1.LabelSelector, key string) bool {
	if selector == nil {
		return false
	}
	_, direct := selector.MatchLabels[key]
	return direct || slices.ContainsFunc(selector.MatchExpressions, func(r metav1.LabelSelectorRequirement) bool { return r.Key == key })
}
