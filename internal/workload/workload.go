// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

// Package workload knows where the pod of a workload is, and the containers of a pod.
package workload

import (
	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/hostprocess-go/sdk/validate"
)

// Judge returns the findings in a workload that isn't nil.
func Judge(v validate.Validator, object any) validate.Findings {
	switch o := object.(type) {
	case *corev1.PodSpec:
		return v.PodSpec(o, nil)
	case *corev1.PodTemplateSpec:
		return v.PodTemplateSpec(o, nil)
	}
	findings, _ := v.Object(object.(runtime.Object)) // it knows all kinds of Workload
	return findings
}

// Parts are the fields of a workload that describe its pod.
type Parts struct {
	// Meta is the metadata of the pod; nil for a PodSpec, which has none.
	Meta *metav1.ObjectMeta
	// Spec is nil if there is no pod.
	Spec     *corev1.PodSpec
	Selector *metav1.LabelSelector
	// Prefix is where the spec is in the object: "spec.template.spec."; empty for a
	// PodSpec itself.
	Prefix string
}

// Copy returns a copy of a workload that isn't nil, and the parts of the copy.
func Copy[T any](object T) (T, Parts) {
	made := any(object).(interface{ DeepCopy() T }).DeepCopy() // each of them has it
	return made, PartsOf(made)
}

// PartsOf returns the parts of a workload: its own, not copies. They are zero if it is
// none, or an interface that is nil.
func PartsOf(object any) Parts {
	switch o := object.(type) {
	case *corev1.PodSpec:
		return Parts{Spec: o}
	case *corev1.PodTemplateSpec:
		return Parts{Meta: &o.ObjectMeta, Spec: &o.Spec, Prefix: "spec."}
	case *corev1.Pod:
		return Parts{Meta: &o.ObjectMeta, Spec: &o.Spec, Prefix: "spec."}
	case *corev1.PodTemplate:
		return partsOfTemplate(&o.Template, nil, "")
	case *corev1.ReplicationController:
		if o.Spec.Template == nil {
			return Parts{}
		}
		return partsOfTemplate(o.Spec.Template, metav1.SetAsLabelSelector(o.Spec.Selector), "spec.")
	case *appsv1.DaemonSet:
		return partsOfTemplate(&o.Spec.Template, o.Spec.Selector, "spec.")
	case *appsv1.Deployment:
		return partsOfTemplate(&o.Spec.Template, o.Spec.Selector, "spec.")
	case *appsv1.ReplicaSet:
		return partsOfTemplate(&o.Spec.Template, o.Spec.Selector, "spec.")
	case *appsv1.StatefulSet:
		return partsOfTemplate(&o.Spec.Template, o.Spec.Selector, "spec.")
	case *batchv1.Job:
		return partsOfTemplate(&o.Spec.Template, o.Spec.Selector, "spec.")
	case *batchv1.CronJob:
		return partsOfTemplate(&o.Spec.JobTemplate.Spec.Template, nil, "spec.jobTemplate.spec.")
	}
	return Parts{}
}

// partsOfTemplate are those of a workload with a template below the field at.
func partsOfTemplate(t *corev1.PodTemplateSpec, selector *metav1.LabelSelector, at string) Parts {
	return Parts{&t.ObjectMeta, &t.Spec, selector, at + "template.spec."}
}
