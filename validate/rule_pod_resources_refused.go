// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// podResourcesRefused: a Windows kubelet rejects pod-level resources.
var podResourcesRefused = rule[podCheck]{
	Rule: Rule{
		ID:    "pod-resources-refused",
		Title: "a Windows node rejects resources for the whole pod",
		Doc: `Requests and limits for the whole pod (spec.resources, on by default since Kubernetes 1.34) are not supported on Windows. If spec.os is not set, the API server accepts them, and the kubelet of the Windows node rejects the pod: "pod-level resources are not supported on Windows".

With spec.os.name: windows, the API server itself rejects them; see pod-resources.`,
		Outcome: OutcomeFails,
		Since:   "v0.1.0",
		Sources: []string{
			"https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/kubelet/lifecycle/features_windows.go#L26-L35",
			featuresSource,
		},
		Fix: "move the requests and limits to the containers",
	},
	about: isUnusual,
	check: func(p pod) []problem {
		if p.spec.OS != nil || p.minor < 34 || p.spec.Resources == nil {
			return nil
		}
		if !podLevel(p.spec.Resources.Requests) && !podLevel(p.spec.Resources.Limits) {
			return nil
		}
		return []problem{{field: "resources", kind: forbidden, message: "applies to the whole pod, which Windows doesn't support: the kubelet rejects the pod"}}
	},
}

// podLevel reports whether any of the resources applies to a whole pod.
//
// Source: https://github.com/kubernetes/kubernetes/blob/v1.37.2/staging/src/k8s.io/component-helpers/resource/helpers.go#L67-L106
func podLevel(list corev1.ResourceList) bool {
	for name := range list {
		if name == corev1.ResourceCPU || name == corev1.ResourceMemory || strings.HasPrefix(string(name), corev1.ResourceHugePagesPrefix) {
			return true
		}
	}
	return false
}
