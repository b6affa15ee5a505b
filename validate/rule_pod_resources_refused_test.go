// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate_test

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/hostprocess-go/sdk/validate"
)

// The kubelet refuses what counts for the pod as a whole, and nothing else.
func TestPodLevelResources(t *testing.T) {
	for name, want := range map[corev1.ResourceName]bool{
		corev1.ResourceCPU: true, corev1.ResourceMemory: true, corev1.ResourceHugePagesPrefix + "2Mi": true,
		corev1.ResourceEphemeralStorage: false, "example.com/device": false,
	} {
		p := representative()
		p.Spec.OS = nil
		p.Spec.Resources = &corev1.ResourceRequirements{Limits: corev1.ResourceList{name: resource.MustParse("64Mi")}}
		if got := found(validate.Validator{}.Pod(p), "pod-resources-refused"); got != want {
			t.Errorf("%s: found: %t, want %t", name, got, want)
		}
	}
}
