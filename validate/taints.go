// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
)

// stateTaints are the taints that Kubernetes and cloud providers set and remove
// themselves, depending on a node's state.
//
// Source: https://github.com/kubernetes/kubernetes/blob/v1.37.2/staging/src/k8s.io/api/core/v1/well_known_taints.go
var stateTaints = [...]string{
	corev1.TaintNodeNotReady,
	corev1.TaintNodeUnreachable,
	corev1.TaintNodeUnschedulable,
	corev1.TaintNodeMemoryPressure,
	corev1.TaintNodeDiskPressure,
	corev1.TaintNodeNetworkUnavailable,
	corev1.TaintNodePIDPressure,
	corev1.TaintNodeOutOfService,
	"node.cloudprovider.kubernetes.io/uninitialized",
	"node.cloudprovider.kubernetes.io/shutdown",
}

// tellsState reports whether a taint is about a node's temporary state.
func tellsState(taint *corev1.Taint) bool { return slices.Contains(stateTaints[:], taint.Key) }

// keptAway reports whether a taint keeps the pod away from the node. A pod that names
// its node isn't scheduled; for it, the kubelet checks only NoExecute.
func (p pod) keptAway(taint *corev1.Taint) bool {
	switch taint.Effect {
	case corev1.TaintEffectNoExecute:
	case corev1.TaintEffectNoSchedule:
		if p.spec.NodeName != "" {
			return false
		}
	default:
		return false
	}
	for i := range p.spec.Tolerations {
		if tolerates(&p.spec.Tolerations[i], taint) {
			return false
		}
	}
	return true
}

// tolerates reports whether a toleration covers a taint. Operators other than Equal
// and Exists are behind a feature gate that is off by default, and cover none.
//
// Source: https://github.com/kubernetes/kubernetes/blob/v1.37.2/staging/src/k8s.io/api/core/v1/toleration.go#L39-L77
func tolerates(t *corev1.Toleration, taint *corev1.Taint) bool {
	if t.Effect != "" && t.Effect != taint.Effect || t.Key != "" && t.Key != taint.Key {
		return false
	}
	switch t.Operator {
	case "", corev1.TolerationOpEqual:
		return t.Value == taint.Value
	case corev1.TolerationOpExists:
		return true
	}
	return false
}
