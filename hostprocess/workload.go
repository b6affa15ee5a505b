// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package hostprocess

import (
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/validation"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/utils/ptr"
)

// Pod returns a Pod object with apiVersion and kind, or nil and a [*BuildError]. The
// labels and annotations of the pod are added to those of meta; a key with two values
// is a mistake. Nothing replaces a Pod whose scripts have changed: compare the
// annotation [ScriptsAnnotation], and recreate the Pod.
func (p Pod) Pod(meta metav1.ObjectMeta) (*corev1.Pod, error) {
	w := p.object("Pod", meta, validation.NameIsDNSSubdomain, defaultPolicy)
	w.meta.Labels = w.merge("labels", w.meta.Labels, p.labels)
	w.meta.Annotations = w.annotations(w.merge("annotations", w.meta.Annotations, p.annotations))
	pod := &corev1.Pod{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Pod"},
		ObjectMeta: w.meta,
		Spec:       w.spec,
	}
	return finish(w, pod)
}

// PodTemplateSpec returns a template for a workload that this package doesn't build,
// such as a StatefulSet, with the labels and annotations of the pod and those of
// [Pod.WithSelector], or nil and a [*BuildError]. The template alone has no volume for
// a claim of a StatefulSet: pass mount-name to [Pod.Ignore], and validate the
// StatefulSet with Object of a validate.Validator.
func (p Pod) PodTemplateSpec() (*corev1.PodTemplateSpec, error) {
	b := p.assemble(defaultPolicy)
	template := &corev1.PodTemplateSpec{ObjectMeta: b.templateMeta(p.selector), Spec: b.spec}
	b.addFindings(p.validator.PodTemplateSpec(template, nil))
	if err := b.err(); err != nil {
		return nil, err
	}
	return template, nil
}

// DaemonSet returns a DaemonSet with apiVersion and kind, or nil and a [*BuildError].
// It updates one node after the other, and stops each old pod before it starts the new
// one, because both would use the same network. The name in meta is required. See
// [Pod.WithSelector] for the selector.
func (p Pod) DaemonSet(meta metav1.ObjectMeta) (*appsv1.DaemonSet, error) {
	w := p.object("DaemonSet", meta, validation.NameIsDNSSubdomain, defaultPolicy)
	w.always()
	selector := w.selector()
	return finish(w, &appsv1.DaemonSet{
		TypeMeta:   metav1.TypeMeta{APIVersion: "apps/v1", Kind: "DaemonSet"},
		ObjectMeta: w.meta,
		Spec: appsv1.DaemonSetSpec{
			Selector: &metav1.LabelSelector{MatchLabels: selector},
			Template: w.template(selector),
			UpdateStrategy: appsv1.DaemonSetUpdateStrategy{
				Type: appsv1.RollingUpdateDaemonSetStrategyType,
				RollingUpdate: &appsv1.RollingUpdateDaemonSet{
					MaxUnavailable: ptr.To(intstr.FromInt32(1)),
					MaxSurge:       ptr.To(intstr.FromInt32(0)),
				},
			},
		},
	})
}

// Deployment returns a Deployment with apiVersion and kind, or nil and a [*BuildError].
// If the pod has ports, an update stops an old pod before it starts a new one, because
// both would need the same ports of the node. Otherwise it replaces pods as Deployments
// do by default. The name in meta is required. See [Pod.WithSelector] for the selector.
func (p Pod) Deployment(meta metav1.ObjectMeta, replicas int32) (*appsv1.Deployment, error) {
	w := p.object("Deployment", meta, validation.NameIsDNSSubdomain, defaultPolicy)
	w.always()
	w.notNegative("replicas", replicas)
	selector := w.selector()
	return finish(w, &appsv1.Deployment{
		TypeMeta:   metav1.TypeMeta{APIVersion: "apps/v1", Kind: "Deployment"},
		ObjectMeta: w.meta,
		Spec: appsv1.DeploymentSpec{
			Replicas: &replicas,
			Selector: &metav1.LabelSelector{MatchLabels: selector},
			Template: w.template(selector),
			Strategy: deploymentStrategy(w.spec),
		},
	})
}

// deploymentStrategy avoids surplus pods if the pod has ports.
func deploymentStrategy(spec corev1.PodSpec) appsv1.DeploymentStrategy {
	for _, c := range spec.Containers {
		if len(c.Ports) > 0 {
			return appsv1.DeploymentStrategy{
				Type: appsv1.RollingUpdateDeploymentStrategyType,
				RollingUpdate: &appsv1.RollingUpdateDeployment{
					MaxUnavailable: ptr.To(intstr.FromInt32(1)),
					MaxSurge:       ptr.To(intstr.FromInt32(0)),
				},
			}
		}
	}
	return appsv1.DeploymentStrategy{}
}
