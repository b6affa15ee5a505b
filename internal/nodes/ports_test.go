// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package nodes_test

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/utils/ptr"

	"github.com/hostprocess-go/sdk/internal/nodes"
)

func TestPortOf(t *testing.T) {
	for _, test := range []struct {
		port corev1.ContainerPort
		want nodes.Port
	}{
		{corev1.ContainerPort{ContainerPort: 53}, nodes.Port{Number: 53, Protocol: "TCP"}},
		{corev1.ContainerPort{ContainerPort: 53, HostPort: 54, Protocol: "UDP", HostIP: "::1"}, nodes.Port{Number: 54, Protocol: "UDP", HostIP: "::1"}},
		{corev1.ContainerPort{}, nodes.Port{Protocol: "TCP"}},
	} {
		if got := nodes.PortOf(&test.port); got != test.want {
			t.Errorf("%v: got %v, want %v", test.port, got, test.want)
		}
	}
}

func TestIsSidecar(t *testing.T) {
	for _, test := range []struct {
		policy *corev1.ContainerRestartPolicy
		want   bool
	}{
		{nil, false},
		{ptr.To(corev1.ContainerRestartPolicyNever), false},
		{ptr.To(corev1.ContainerRestartPolicyAlways), true},
	} {
		if got := nodes.IsSidecar(&corev1.Container{RestartPolicy: test.policy}); got != test.want {
			t.Errorf("%v: got %t", test.policy, got)
		}
	}
}
