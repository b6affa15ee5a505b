// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate_test

import (
	"errors"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/utils/ptr"

	"github.com/hostprocess-go/sdk/validate"
)

func TestNilOfEveryKind(t *testing.T) {
	for _, object := range []runtime.Object{
		(*corev1.Pod)(nil), (*corev1.PodTemplate)(nil), (*corev1.ReplicationController)(nil), (*appsv1.DaemonSet)(nil), (*appsv1.Deployment)(nil),
		(*appsv1.ReplicaSet)(nil), (*appsv1.StatefulSet)(nil), (*batchv1.Job)(nil), (*batchv1.CronJob)(nil),
	} {
		var kind *validate.KindError
		if _, err := (validate.Validator{}).Object(object); !errors.As(err, &kind) {
			t.Errorf("%T is judged: %v", object, err)
		}
	}
}

func TestReplicationControllerWithoutTemplate(t *testing.T) {
	rc := &corev1.ReplicationController{}
	spec, err := validate.PodSpecOf(rc)
	if spec != nil || err != nil {
		t.Errorf("the spec is %v, %v", spec, err)
	}
	findings, err := validate.Validator{}.Object(rc)
	if findings != nil || err != nil {
		t.Errorf("findings %v, %v", findings, err)
	}
}

// A pod may say that it is a HostProcess pod while every container says no: the
// API server wants the two to agree, and nothing is asked of its network.
func TestNoContainerIsHostProcess(t *testing.T) {
	p := representative()
	p.Spec.HostNetwork, p.Spec.InitContainers = false, nil
	for i := range p.Spec.Containers {
		p.Spec.Containers[i].SecurityContext = &corev1.SecurityContext{WindowsOptions: &corev1.WindowsSecurityContextOptions{HostProcess: ptr.To(false)}}
	}
	findings := validate.Validator{}.Pod(p)
	if !found(findings, "host-process-mismatch") || found(findings, "host-network") || found(findings, "host-process-mixed") {
		t.Errorf("found %v", findings)
	}
}
