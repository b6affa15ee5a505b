// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	corev1 "k8s.io/api/core/v1"
)

// osLabel: the kubelet compares a label of the pod with its own system.
var osLabel = rule[metadataCheck]{
	Rule: Rule{
		ID:      "os-label",
		Title:   "the label kubernetes.io/os of a pod must be windows",
		Doc:     `kubernetes.io/os belongs in the nodeSelector. As a label of the pod, it selects no node, but the kubelet checks it: it rejects a pod whose label differs from its own operating system, with the reason PodOSSelectorNodeLabelDoesNotMatch.`,
		Outcome: OutcomeFails,
		Since:   "v0.1.0",
		Sources: []string{
			kubeletAdmissionSource + "#L275-L293",
		},
		Fix: "remove the label, and select nodes with kubernetes.io/os: windows in the nodeSelector",
	},
	about: isUnusual,
	check: func(_ pod, meta *metav1.ObjectMeta) []problem {
		value, ok := meta.Labels[corev1.LabelOSStable]
		if !ok || value == string(corev1.Windows) {
			return nil
		}
		return []problem{{
			field:   "labels[" + corev1.LabelOSStable + "]",
			message: fmt.Sprintf("is %s: the kubelet of a Windows node rejects the pod", quoted(value)),
		}}
	},
}
