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
	if path, template := podTemplate(object); template != nil {
		all = append(all, annotated{path + ".metadata.annotations", template.Annotations})
	}
	return all
}

// podTemplate is the pod template of an object and the path to it; nil where it
// has none.
func podTemplate(object runtime.Object) (path string, template *corev1.PodTemplateSpec) {
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
