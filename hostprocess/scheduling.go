// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package hostprocess

import (
	"errors"
	"slices"

	corev1 "k8s.io/api/core/v1"
)

// WithNodeSelector adds labels that a node must have. kubernetes.io/os: windows is
// always included; any other value for it is a mistake.
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

// WithNodeName runs the pod on one node, bypassing the scheduler: taints with the
// effect NoSchedule don't keep it away, and if it doesn't fit there, the kubelet fails
// it. To have it scheduled, use [Pod.WithNodeSelector] with the label
// kubernetes.io/hostname.
//
// Equivalent of setting spec.nodeName.
func (p Pod) WithNodeName(name string) Pod {
	p.mistakes.add("WithNodeName", "name", name, subdomain(name))
	p.spec.NodeName = name
	return p
}

// WithTolerations adds tolerations for taints of the nodes. There is no default,
// because clusters don't share a taint for their Windows nodes.
//
// Equivalent of appending to spec.tolerations.
func (p Pod) WithTolerations(tolerations ...corev1.Toleration) Pod {
	p.spec.Tolerations = slices.Clip(p.spec.Tolerations)
	for _, t := range tolerations {
		p.spec.Tolerations = append(p.spec.Tolerations, *t.DeepCopy())
	}
	return p
}

// WithPriorityClass sets the priority class, such as system-node-critical for something
// that a node depends on.
//
// Equivalent of setting spec.priorityClassName.
func (p Pod) WithPriorityClass(name string) Pod {
	p.mistakes.add("WithPriorityClass", "name", name, subdomain(name))
	p.spec.PriorityClassName = name
	return p
}
