// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package hostprocess

import (
	"errors"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation"
)

// WithNodeSelector adds labels that a node must have. kubernetes.io/os: windows
// is always there; any other value for it is a mistake. If called again, the
// labels are added, and replace those of the same key.
//
// Equivalent of setting spec.nodeSelector.
func (p Pod) WithNodeSelector(labels map[string]string) Pod {
	p.mistakes.labels("WithNodeSelector", labels)
	if system, ok := labels[corev1.LabelOSStable]; ok && system != string(corev1.Windows) {
		p.mistakes.add("WithNodeSelector", "value of "+corev1.LabelOSStable, system, errors.New("is not windows: HostProcess containers run on Windows nodes only; leave it out"))
	}
	p.spec.NodeSelector = with(p.spec.NodeSelector, labels)
	return p
}

// WithTolerations adds tolerations for taints of the nodes. There is no default,
// because there is no taint that all clusters give to their Windows nodes. If
// called again, the tolerations are added.
//
// Equivalent of appending to spec.tolerations.
func (p Pod) WithTolerations(tolerations ...corev1.Toleration) Pod {
	p.spec.Tolerations = slices.Clip(p.spec.Tolerations)
	for _, t := range tolerations {
		p.mistakes.toleration(t)
		p.spec.Tolerations = append(p.spec.Tolerations, *t.DeepCopy())
	}
	return p
}

func (ms *mistakes) toleration(t corev1.Toleration) {
	const method = "WithTolerations"
	if t.Key != "" {
		ms.add(method, "key", t.Key, form(validation.IsQualifiedName(t.Key)))
	} else if t.Operator != corev1.TolerationOpExists {
		ms.add(method, "operator", string(t.Operator), errors.New("needs a key: only Exists goes without one"))
	}
	switch t.Operator {
	case corev1.TolerationOpExists:
		if t.Value != "" {
			ms.add(method, "value", t.Value, errors.New("can't be used with the operator Exists: leave it out"))
		}
	case corev1.TolerationOpEqual, "":
		ms.add(method, "value", t.Value, form(validation.IsValidLabelValue(t.Value)))
	default:
		ms.add(method, "operator", string(t.Operator), oneOf(t.Operator, corev1.TolerationOpExists, corev1.TolerationOpEqual))
	}
	if t.Effect != "" {
		ms.add(method, "effect", string(t.Effect),
			oneOf(t.Effect, corev1.TaintEffectNoSchedule, corev1.TaintEffectPreferNoSchedule, corev1.TaintEffectNoExecute))
	}
	if t.TolerationSeconds != nil && t.Effect != corev1.TaintEffectNoExecute {
		ms.add(method, "effect", string(t.Effect), errors.New("must be NoExecute where tolerationSeconds is set"))
	}
}

// WithAffinity sets which nodes and which neighbours the pod wants or avoids. If
// called again, the last call holds.
//
// Equivalent of setting spec.affinity.
func (p Pod) WithAffinity(affinity corev1.Affinity) Pod {
	p.mistakes.affinity(affinity)
	p.spec.Affinity = affinity.DeepCopy()
	return p
}

// WithPriorityClass sets the priority class, such as system-node-critical for
// what a node can't do without. If called again, the last call holds.
//
// Equivalent of setting spec.priorityClassName.
func (p Pod) WithPriorityClass(name string) Pod {
	p.mistakes.add("WithPriorityClass", "name", name, subdomain(name))
	p.spec.PriorityClassName = name
	return p
}
