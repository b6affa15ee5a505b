// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package hostprocess

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/validation"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/intstr"
	utilvalidation "k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"k8s.io/utils/ptr"
)

// nameLabel is the label by which a workload finds its pods, unless it was told
// another.
const nameLabel = "app.kubernetes.io/name"

// Pod returns a Pod object with apiVersion and kind, or nil and a
// [*BuildError]. The labels and annotations of the pod are added to those of
// meta; a key with two values is a mistake.
func (p Pod) Pod(meta metav1.ObjectMeta) (*corev1.Pod, error) {
	w := p.workload("Pod", meta, defaultPolicy)
	w.meta.Labels = w.merge("labels", w.meta.Labels, p.labels)
	w.meta.Annotations = w.merge("annotations", w.meta.Annotations, p.annotations)
	pod := &corev1.Pod{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Pod"},
		ObjectMeta: w.meta,
		Spec:       w.spec,
	}
	return finish(w, pod, "spec.")
}

// PodTemplateSpec returns a template for a workload that this package doesn't
// know, with the labels and annotations of the pod, or nil and a [*BuildError].
func (p Pod) PodTemplateSpec() (*corev1.PodTemplateSpec, error) {
	b := p.assemble(defaultPolicy)
	template := &corev1.PodTemplateSpec{ObjectMeta: p.templateMeta(p.selector), Spec: b.spec}
	b.judge("spec.", p.validator.PodTemplateSpec(template, nil))
	if err := b.err(); err != nil {
		return nil, err
	}
	return template, nil
}

// DaemonSet returns a DaemonSet with apiVersion and kind, or nil and a
// [*BuildError]. It replaces its pods one node after the other, and each old pod
// before the new one starts, because both would use the same network. The name
// in meta is required. See [Pod.WithSelector] for the selector.
func (p Pod) DaemonSet(meta metav1.ObjectMeta) (*appsv1.DaemonSet, error) {
	w := p.workload("DaemonSet", meta, defaultPolicy)
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
	}, "spec.template.spec.")
}

// workload is a build with an object around the pod.
type workload struct {
	*build
	method string
	meta   metav1.ObjectMeta
}

func (p Pod) workload(method string, meta metav1.ObjectMeta, policy corev1.RestartPolicy) *workload {
	w := &workload{build: p.assemble(policy), method: method, meta: *meta.DeepCopy()}
	checked := *meta.DeepCopy()
	if checked.Namespace == "" {
		checked.Namespace = metav1.NamespaceDefault
	}
	if checked.GenerateName != "" && checked.Name == "" {
		checked.Name = "generated"
	}
	for _, err := range validation.ValidateObjectMeta(&checked, true, validation.NameIsDNSSubdomain, field.NewPath("meta")) {
		w.mistakes = append(w.mistakes, Mistake{Method: method, Argument: err.Field, Err: err})
	}
	return w
}

// always wants no other restart policy than Always.
func (w *workload) always() {
	if policy := w.spec.RestartPolicy; policy != "" && policy != corev1.RestartPolicyAlways {
		w.mistakes.add("WithRestartPolicy", "policy", string(policy), fmt.Errorf("can't be used in a %s, which restarts always", w.method))
	}
}

// selector is the labels by which the workload finds its pods.
func (w *workload) selector() map[string]string {
	if len(w.pod.selector) > 0 {
		return maps.Clone(w.pod.selector)
	}
	if w.meta.Name == "" && w.meta.GenerateName != "" {
		w.mistakes.add(w.method, "meta.name", "", errors.New("is generated, so it can't be the selector: use WithSelector"))
	} else if err := form(utilvalidation.IsValidLabelValue(w.meta.Name)); err != nil {
		w.mistakes.add(w.method, "meta.name", w.meta.Name, fmt.Errorf("can't be the value of the label %s: %w; use WithSelector", nameLabel, err))
	}
	return map[string]string{nameLabel: w.meta.Name}
}

// template is the pod of the workload, with labels that the selector finds.
func (w *workload) template(selector map[string]string) corev1.PodTemplateSpec {
	for _, key := range slices.Sorted(maps.Keys(selector)) {
		if value, ok := w.pod.labels[key]; ok && value != selector[key] {
			w.mistakes.add("WithLabels", "value of "+key, value, fmt.Errorf("is not what the selector looks for, %q: leave the label out, or use WithSelector", selector[key]))
		}
	}
	return corev1.PodTemplateSpec{ObjectMeta: w.pod.templateMeta(selector), Spec: w.spec}
}

func (p Pod) templateMeta(selector map[string]string) metav1.ObjectMeta {
	return metav1.ObjectMeta{Labels: with(p.labels, selector), Annotations: maps.Clone(p.annotations)}
}

// merge puts the labels or annotations of the pod to those of the object.
func (w *workload) merge(kind string, own, more map[string]string) map[string]string {
	for _, key := range slices.Sorted(maps.Keys(more)) {
		if value, ok := own[key]; ok && value != more[key] {
			w.mistakes.add(w.method, "meta."+kind+"["+key+"]", value, fmt.Errorf("is %q in the pod: leave it out of one of them", more[key]))
		}
	}
	return with(own, more)
}

// finish judges the object, and returns it if nothing is wrong.
func finish[T runtime.Object](w *workload, object T, prefix string) (built T, err error) {
	findings, err := w.pod.validator.Object(object)
	if err != nil {
		return built, err
	}
	w.judge(prefix, findings)
	if err := w.err(); err != nil {
		return built, err
	}
	return object, nil
}
