// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import corev1 "k8s.io/api/core/v1"

// Namespace checks that a HostProcess pod can be created in a namespace, according to
// the labels for Pod Security admission. Fields start at the Namespace:
// "metadata.labels[pod-security.kubernetes.io/enforce]".
//
// Pod Security admission rejects every HostProcess pod at the levels baseline and
// restricted, of every version, so only the level counts. A namespace without such
// labels has no findings: its level is the cluster's default, which is privileged
// unless the administrator has changed it. Exemptions of a cluster can't be seen here
// either.
//
// It returns nil if the pod isn't a HostProcess pod, and if one of the two is nil.
func (v Validator) Namespace(ns *corev1.Namespace, spec *corev1.PodSpec) Findings {
	if ns == nil || !IsHostProcess(spec) {
		return nil
	}
	e := engine{holder: holder{object: ns}, ignore: v.Ignore}
	tryAll(&e, namespaceRules, 0, &fieldPath{base: inObject}, func(check namespaceCheck) []problem { return check(ns) })
	return e.found
}

// Node checks that a node can run a HostProcess pod: its operating system, its
// container runtime, its taints and labels. Fields start at the Node: "spec.taints[0]".
//
// It makes the checks of the scheduler, except for resources, ports and other pods. The
// tolerations that the DaemonSet controller adds to its pods aren't in the template of
// a DaemonSet; they are for taints about a temporary state of the node, for which the
// finding is an Info.
//
// It doesn't check how the pod behaves on the node: for that, pass the node to
// NodeTarget, and the target to a Validator.
//
// It returns nil if the pod isn't a HostProcess pod, and if one of the two is nil.
func (v Validator) Node(node *corev1.Node, spec *corev1.PodSpec) Findings {
	if node == nil || !IsHostProcess(spec) {
		return nil
	}
	e := engine{holder: holder{object: node}, ignore: v.Ignore}
	tryAll(&e, nodeRules, 0, &fieldPath{base: inObject}, func(check nodeCheck) []problem { return check(pod{spec: spec}, node) })
	return e.found
}
