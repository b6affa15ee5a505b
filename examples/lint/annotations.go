// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package main

import (
	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime"
)

// annotated is a field that holds annotations.
type annotated struct {
	field       string
	annotations map[string]string
}

// annotations are those of an object, and those of its pod template.
func annotations(object runtime.Object) []annotated {
	var all []annotated
	if about, err := meta.Accessor(object); err == nil {
		all = append(all, annotated{"metadata.annotations", about.GetAnnotations()})
	}
	path, template := "spec.template", (*corev1.PodTemplateSpec)(nil)
	switch o := object.(type) {
	case *corev1.PodTemplate:
		path, template = "template", &o.Template
	case *corev1.ReplicationController:
		template = o.Spec.Template
	case *appsv1.DaemonSet:
		template = &o.Spec.Template
	case *appsv1.Deployment:
		template = &o.Spec.Template
	case *appsv1.ReplicaSet:
		template = &o.Spec.Template
	case *appsv1.StatefulSet:
		template = &o.Spec.Template
	case *batchv1.Job:
		template = &o.Spec.Template
	case *batchv1.CronJob:
		path, template = "spec.jobTemplate.spec.template", &o.Spec.JobTemplate.Spec.Template
	}
	if template != nil {
		all = append(all, annotated{path + ".metadata.annotations", template.Annotations})
	}
	return all
}
