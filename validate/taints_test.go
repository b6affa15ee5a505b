// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate_test

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/hostprocess-go/sdk/validate"
)

// An operator that a node doesn't know covers no taint.
func TestTolerationOperators(t *testing.T) {
	node := &corev1.Node{
		ObjectMeta: metav1.ObjectMeta{Name: "win-1", Labels: map[string]string{corev1.LabelOSStable: "windows"}},
		Spec:       corev1.NodeSpec{Taints: []corev1.Taint{{Key: "size", Value: "1", Effect: corev1.TaintEffectNoSchedule}}},
	}
	for operator, covered := range map[corev1.TolerationOperator]bool{"": true, corev1.TolerationOpEqual: true, corev1.TolerationOpExists: true, "Gt": false} {
		spec := &representative().Spec
		spec.Tolerations = []corev1.Toleration{{Key: "size", Operator: operator, Value: "1"}}
		if got := !found(validate.Validator{}.Node(node, spec), "node-taint"); got != covered {
			t.Errorf("%q covers the taint: %t, want %t", operator, got, covered)
		}
	}
}
