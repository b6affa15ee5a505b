// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package hostprocess

import (
	"errors"
	"slices"

	corev1 "k8s.io/api/core/v1"
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

// WithNodeName has the pod run on one node, past the scheduler: taints with the effect
// NoSchedule don't keep it away, and if it doesn't fit there, the kubelet ends it as
// failed. To have it scheduled, use [Pod.WithNodeSelector] with the label
// kubernetes.io/hostname. If called again, the last call holds.
//
// Equivalent of setting spec.nodeName.
func (p Pod) WithNodeName(name string) Pod {
	p.mistakes.add("WithNodeName", "name", name, subdomain(name))
	p.spec.NodeName = name
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
		p.spec.Tolerations = append(p.spec.Tolerations, *t.DeepCopy())
	}
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
