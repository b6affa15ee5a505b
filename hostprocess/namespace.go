// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package hostprocess

import (
	"errors"
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/validation"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// podSecurityLabels are those that a namespace needs in which HostProcess pods
// run: the levels baseline and restricted reject them. Enforce is what lets them
// in; the other two keep the API server from warning and from writing audit
// entries.
// Source: https://github.com/kubernetes/pod-security-admission/blob/v0.37.2/policy/check_windowsHostProcess.go
var podSecurityLabels = map[string]string{
	"pod-security.kubernetes.io/enforce": "privileged",
	"pod-security.kubernetes.io/audit":   "privileged",
	"pod-security.kubernetes.io/warn":    "privileged",
}

// Namespace returns a Namespace with apiVersion and kind, in which Pod Security
// admission accepts HostProcess pods, or nil and a [*BuildError]. Everyone who may
// create pods in it is an administrator of the nodes. A contradicting label of meta is
// a mistake.
func Namespace(meta metav1.ObjectMeta) (*corev1.Namespace, error) {
	var found mistakes
	found.objectMeta("Namespace", meta, false, validation.NameIsDNSLabel)
	for _, key := range slices.Sorted(maps.Keys(podSecurityLabels)) {
		if given, ok := meta.Labels[key]; ok && given != podSecurityLabels[key] {
			found.add("Namespace", "meta.labels["+key+"]", given, errors.New("doesn't allow HostProcess pods: leave it out"))
		}
	}
	if len(found) > 0 {
		return nil, &BuildError{Mistakes: found}
	}
	namespace := &corev1.Namespace{TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Namespace"}, ObjectMeta: *meta.DeepCopy()}
	namespace.Labels = with(namespace.Labels, podSecurityLabels)
	return namespace, nil
}
