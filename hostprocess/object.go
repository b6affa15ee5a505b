// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package hostprocess

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/validation"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	utilvalidation "k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/hostprocess-go/sdk/internal/quote"
)

// nameLabel is the label by which a workload finds its pods, unless it was told
// another.
const nameLabel = "app.kubernetes.io/name"

// objectBuild is a build with an object around the pod.
type objectBuild struct {
	*build
	method string
	meta   metav1.ObjectMeta
	// name is that of meta, or one like those that its prefix becomes.
	name string
}

func (p Pod) object(method string, meta metav1.ObjectMeta, name validation.ValidateNameFunc, policy corev1.RestartPolicy) *objectBuild {
	w := &objectBuild{build: p.assemble(policy), method: method, meta: *meta.DeepCopy()}
	checked := w.meta
	if checked.Namespace == "" {
		checked.Namespace = metav1.NamespaceDefault
	}
	w.name = w.mistakes.objectMeta(method, checked, true, name)
	return w
}

// objectMeta adds what the API server refuses in the metadata of an object, and
// returns the name that it will have, or one like it. The API server looks at the
// prefix of a generated name and, after it has appended five characters to the first
// 58 of it, at the name.
// Source: https://github.com/kubernetes/apiserver/blob/v0.37.2/pkg/storage/names/generate.go
func (ms *mistakes) objectMeta(method string, meta metav1.ObjectMeta, namespaced bool, name validation.ValidateNameFunc) string {
	if prefix := meta.GenerateName; prefix != "" && meta.Name == "" {
		meta.Name = prefix[:min(len(prefix), 58)] + "xxxxx"
	}
	for _, err := range validation.ValidateObjectMeta(&meta, namespaced, name, field.NewPath("meta")) {
		*ms = append(*ms, Mistake{Method: method, Argument: err.Field, Err: err})
	}
	return meta.Name
}

// always reports a restart policy other than Always, and a deadline.
func (w *objectBuild) always() {
	if policy := w.spec.RestartPolicy; policy != "" && policy != corev1.RestartPolicyAlways {
		w.mistakes.add("WithRestartPolicy", "policy", string(policy), fmt.Errorf("can't be used in a %s, which restarts always", w.method))
	}
	if deadline := w.spec.ActiveDeadlineSeconds; deadline != nil {
		w.mistakes.add("WithActiveDeadline", "deadline", time.Duration(*deadline)*time.Second, fmt.Errorf("can't be used in a %s, whose pods are to run on: the API server refuses it", w.method))
	}
}

// once checks for the restart policy of a pod that comes to an end.
func (w *objectBuild) once() {
	if w.spec.RestartPolicy == corev1.RestartPolicyAlways {
		w.mistakes.add("WithRestartPolicy", "policy", string(w.spec.RestartPolicy), fmt.Errorf("can't be used in a %s, which would never end: use OnFailure or Never", w.method))
	}
}

func (w *objectBuild) notNegative(argument string, n int32) {
	if n < 0 {
		w.mistakes.add(w.method, argument, n, errors.New("is less than 0"))
	}
}

// shortName checks that a name has room for what the controller appends.
func (w *objectBuild) shortName(most int) {
	if len(w.name) > most {
		w.mistakes.add(w.method, "meta.name", w.name, fmt.Errorf("is longer than %d characters", most))
	}
}

// selector is the labels by which the workload finds its pods.
func (w *objectBuild) selector() map[string]string {
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
func (w *objectBuild) template(selector map[string]string) corev1.PodTemplateSpec {
	for _, key := range slices.Sorted(maps.Keys(selector)) {
		if value, ok := w.pod.labels[key]; ok && value != selector[key] {
			w.mistakes.add("WithLabels", "value of "+key, value, fmt.Errorf("is not what the selector looks for, %s: leave the label out, or use WithSelector", quote.Text(selector[key])))
		}
	}
	return corev1.PodTemplateSpec{ObjectMeta: w.templateMeta(selector), Spec: w.spec}
}

func (b *build) templateMeta(selector map[string]string) metav1.ObjectMeta {
	return metav1.ObjectMeta{Labels: with(b.pod.labels, selector), Annotations: b.annotations(b.pod.annotations)}
}

// merge puts the labels or annotations of the pod to those of the object.
func (w *objectBuild) merge(kind string, own, more map[string]string) map[string]string {
	for _, key := range slices.Sorted(maps.Keys(more)) {
		if value, ok := own[key]; ok && value != more[key] {
			w.mistakes.add(w.method, "meta."+kind+"["+key+"]", value, fmt.Errorf("is %s in the pod: leave it out of one of them", quote.Text(more[key])))
		}
	}
	return with(own, more)
}

// finish judges the object, and returns it if nothing is wrong.
func finish[T runtime.Object](w *objectBuild, object T) (built T, err error) {
	findings, err := w.pod.validator.Object(object)
	if err != nil {
		return built, err
	}
	w.addFindings(findings)
	if err := w.err(); err != nil {
		return built, err
	}
	return object, nil
}
