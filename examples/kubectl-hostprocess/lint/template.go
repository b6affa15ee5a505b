// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package lint

import (
	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

// accessor is the metadata of an object; nil if it has none.
func accessor(object runtime.Object) metav1.Object {
	about, err := meta.Accessor(object)
	if err != nil {
		return nil
	}
	return about
}

// PodTemplate returns the pod template of an object, and the path to it; nil if it has
// none.
func PodTemplate(object runtime.Object) (path string, template *corev1.PodTemplateSpec) {
	const usual = "spec.template"
	switch o := object.(type) {
	case *corev1.PodTemplate:
		return "template", &o.Template
	case *corev1.ReplicationController:
		return usual, o.Spec.Template
	case *appsv1.DaemonSet:
		return usual, &o.Spec.Template
	case *appsv1.Deployment:
		return usual, &o.Spec.Template
	case *appsv1.ReplicaSet:
		return usual, &o.Spec.Template
	case *appsv1.StatefulSet:
		return usual, &o.Spec.Template
	case *batchv1.Job:
		return usual, &o.Spec.Template
	case *batchv1.CronJob:
		return "spec.jobTemplate.spec.template", &o.Spec.JobTemplate.Spec.Template
	}
	return "", nil
}
