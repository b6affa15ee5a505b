// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package hostprocess

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/hostprocess-go/sdk/internal/workload"
	"github.com/hostprocess-go/sdk/validate"
)

// Workload is what has a pod in it: an object, a template, or the spec of the pod. The
// zero value, a nil pointer, is an error wherever one is passed.
type Workload interface {
	*corev1.PodSpec | *corev1.PodTemplateSpec |
		*corev1.Pod | *corev1.PodTemplate | *corev1.ReplicationController |
		*appsv1.DaemonSet | *appsv1.Deployment | *appsv1.ReplicaSet | *appsv1.StatefulSet |
		*batchv1.Job | *batchv1.CronJob
}

// Update returns a copy of a workload that exists, in which change was made to the
// pod: another image, one more mount. Whatever change doesn't call a method for stays
// as it is, and so does all that is around the pod. The input isn't changed.
//
//	updated, err := hostprocess.Update(deployment, func(p hostprocess.Pod) hostprocess.Pod {
//		return p.EditContainer("agent", func(c hostprocess.Container) hostprocess.Container {
//			return c.WithImage("registry.example.com/agent:1.5")
//		})
//	})
//
// The result is judged as a whole by package validate, for the nodes that change names
// with [Pod.For]. What was wrong before the change, and still is, is left for
// validate.Validator to report; what the change made wrong is a [*BuildError], and so
// is a label that the selector of the workload wouldn't find any more, and
// [Pod.WithSelector], because a selector can't be changed. A validate.Finding in the
// error has the field as it is in the object. A nil object, one without a pod, and a
// nil function are errors.
//
// The API server lets only few fields of a Pod and of a Job be changed once it has
// them. Scripts that change passes to [PowerShellFile] or [CmdFile] need their
// ConfigMaps: keep what change returns, and call [Pod.ConfigMaps] on it.
func Update[T Workload](object T, change func(Pod) Pod) (T, error) {
	var none T
	if object == none {
		return none, refuse("object", errors.New("there is nothing to update"))
	}
	if change == nil {
		return none, refuse("change", errNoFunction)
	}
	updated, at := workload.Copy(object)
	if at.Spec == nil {
		return none, refuse("object", errors.New("has no spec.template"))
	}
	p := From(at.Spec)
	p.whole = true
	if at.Meta != nil {
		p.labels, p.annotations = at.Meta.Labels, at.Meta.Annotations
	}
	before := p
	p = change(p)
	if !p.whole {
		return none, refuse("change", errors.New("returned another pod than the one that it was passed: call methods of that one"))
	}
	before.validator = p.validator

	b := p.assemble(defaultPolicy)
	b.mistakes = without(b.mistakes, before.assemble(defaultPolicy).mistakes, func(m Mistake) any { return m.Error() })
	b.keepEmpty(at.Spec)
	b.selects(at, p)
	*at.Spec = b.spec
	b.setMeta(at.Meta, p)
	b.addFindings(without(workload.Judge(p.validator, updated), workload.Judge(p.validator, object), func(f validate.Finding) any {
		return [...]any{f.Rule, f.Container, f.Element(), f.Message}
	}))
	if err := b.err(); err != nil {
		return none, err
	}
	return updated, nil
}

// without takes out of a list what was there before a change, by what makes two of
// its elements the same.
func without[S ~[]E, E any](list, before S, key func(E) any) S {
	known := make(map[any]bool, len(before))
	for _, e := range before {
		known[key(e)] = true
	}
	return slices.DeleteFunc(list, func(e E) bool { return known[key(e)] })
}

// keepEmpty keeps lists that are there and empty as they are.
func (b *build) keepEmpty(before *corev1.PodSpec) {
	if len(b.spec.InitContainers)+len(before.InitContainers) == 0 {
		b.spec.InitContainers = before.InitContainers
	}
	if len(b.spec.Containers)+len(before.Containers) == 0 {
		b.spec.Containers = before.Containers
	}
}

// setMeta sets the labels and annotations of the pod, where they were changed.
func (b *build) setMeta(meta *metav1.ObjectMeta, p Pod) {
	if meta == nil {
		if len(p.labels)+len(p.annotations) > 0 {
			b.mistakes.add("Update", "object", nil, errors.New("is a PodSpec, which has no labels and annotations: pass the object that it is in"))
		}
		return
	}
	if !maps.Equal(p.labels, meta.Labels) {
		meta.Labels = maps.Clone(p.labels)
	}
	if annotations := b.annotations(p.annotations); !maps.Equal(annotations, meta.Annotations) {
		meta.Annotations = annotations
	}
}

// selects reports labels that the selector of the workload no longer matches.
func (b *build) selects(at workload.Parts, p Pod) {
	if len(p.selector) > 0 {
		b.mistakes.add("WithSelector", "labels", p.selector, errors.New("can't be used in an Update: the selector of a workload can't be changed"))
	}
	if at.Selector == nil {
		return
	}
	selector, err := metav1.LabelSelectorAsSelector(at.Selector)
	if err == nil && selector.Matches(labels.Set(at.Meta.Labels)) && !selector.Matches(labels.Set(p.labels)) {
		b.mistakes.add("WithLabels", "labels", p.labels, fmt.Errorf("aren't what the selector of the workload finds, %s", selector))
	}
}

// refuse is the error of Update itself.
func refuse(argument string, err error) error {
	return &BuildError{[]Mistake{mistake("Update", argument, nil, err)}}
}
