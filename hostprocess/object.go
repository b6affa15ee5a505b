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

// nameLabel is the label by which a workload finds its pods by default.
const nameLabel = "app.kubernetes.io/name"

// objectBuild is a build with an object around the pod.
type objectBuild struct {
	*build
	method string
	meta   metav1.ObjectMeta
	// name is the name in meta, or an example of a generated name.
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

// objectMeta adds the mistakes in the metadata of an object that the API server
// rejects, and returns its name, or an example of a generated one. The API server
// checks the prefix of a generated name and, after appending five characters to the
// first 58 of it, the name.
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
		w.mistakes.add("WithRestartPolicy", "policy", string(policy), fmt.Errorf("can't be used in a %s, which always restarts its containers", w.method))
	}
	if deadline := w.spec.ActiveDeadlineSeconds; deadline != nil {
		w.mistakes.add("WithActiveDeadline", "deadline", time.Duration(*deadline)*time.Second, fmt.Errorf("can't be used in a %s, whose pods don't end: the API server rejects it", w.method))
	}
}

// once checks for the restart policy of a pod that runs to completion.
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

// selector returns the labels by which the workload finds its pods.
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

// template returns the pod template of the workload, with the labels of the selector.
func (w *objectBuild) template(selector map[string]string) corev1.PodTemplateSpec {
	for _, key := range slices.Sorted(maps.Keys(selector)) {
		if value, ok := w.pod.labels[key]; ok && value != selector[key] {
			w.mistakes.add("WithLabels", "value of "+key, value, fmt.Errorf("differs from the selector, which requires %s: leave the label out, or use WithSelector", quote.Text(selector[key])))
		}
	}
	return corev1.PodTemplateSpec{ObjectMeta: w.templateMeta(selector), Spec: w.spec}
}

func (b *build) templateMeta(selector map[string]string) metav1.ObjectMeta {
	return metav1.ObjectMeta{Labels: with(b.pod.labels, selector), Annotations: b.annotations(b.pod.annotations)}
}

// merge adds the labels or annotations of the pod to those of the object.
func (w *objectBuild) merge(kind string, own, more map[string]string) map[string]string {
	for _, key := range slices.Sorted(maps.Keys(more)) {
		if value, ok := own[key]; ok && value != more[key] {
			w.mistakes.add(w.method, "meta."+kind+"["+key+"]", value, fmt.Errorf("is %s in the pod: leave it out of one of them", quote.Text(more[key])))
		}
	}
	return with(own, more)
}

// finish validates the object, and returns it if there are no mistakes.
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
