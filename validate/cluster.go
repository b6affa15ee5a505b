// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import corev1 "k8s.io/api/core/v1"

// Namespace reports whether a HostProcess pod can be created in a namespace: what
// Pod Security admission does there, by the labels of the namespace. Fields are
// those of the Namespace: "metadata.labels[pod-security.kubernetes.io/enforce]".
//
// Pod Security refuses every HostProcess pod at the levels baseline and
// restricted, of every version, so nothing but the level counts. A namespace
// without such labels has no findings: the level is then the cluster's default,
// which is privileged unless its administrator has said otherwise. Exemptions of
// a cluster can't be seen here either.
//
// There are no findings for a pod that is not a HostProcess pod, and none where
// one of the two is nil.
func (v Validator) Namespace(ns *corev1.Namespace, spec *corev1.PodSpec) Findings {
	if ns == nil || !IsHostProcess(spec) {
		return nil
	}
	e := engine{holder: holder{object: ns}, ignore: v.Ignore}
	tryAll(&e, namespaceRules, 0, &fieldPath{base: inObject}, func(check namespaceCheck) []problem { return check(ns) })
	return e.found
}

// Node reports whether a node can run a HostProcess pod: its operating system, its
// container runtime, its taints and labels. Fields are those of the Node:
// "spec.taints[0]".
//
// It asks what the scheduler asks, but for resources, ports and other pods. The
// tolerations that the DaemonSet controller adds to its pods are not in the
// template of a DaemonSet; they are for taints that say how a node is doing at
// the moment, for which the finding is an Info.
//
// What the pod does on such a node is another question: pass the node to
// NodeTarget, and the target to a Validator.
//
// There are no findings for a pod that is not a HostProcess pod, and none where
// one of the two is nil.
func (v Validator) Node(node *corev1.Node, spec *corev1.PodSpec) Findings {
	if node == nil || !IsHostProcess(spec) {
		return nil
	}
	e := engine{holder: holder{object: node}, ignore: v.Ignore}
	tryAll(&e, nodeRules, 0, &fieldPath{base: inObject}, func(check nodeCheck) []problem { return check(pod{spec: spec}, node) })
	return e.found
}
