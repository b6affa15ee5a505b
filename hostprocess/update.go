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

// Workload is an object with a pod, a pod template, or the spec of a pod. Functions
// return an error for its zero value, a nil pointer.
type Workload interface {
	*corev1.PodSpec | *corev1.PodTemplateSpec |
		*corev1.Pod | *corev1.PodTemplate | *corev1.ReplicationController |
		*appsv1.DaemonSet | *appsv1.Deployment | *appsv1.ReplicaSet | *appsv1.StatefulSet |
		*batchv1.Job | *batchv1.CronJob
}

// Update returns a copy of an existing workload with a changed pod: another image, one
// more mount. Everything that change doesn't call a method for stays as it is, inside
// and around the pod. The input isn't changed.
//
//	updated, err := hostprocess.Update(deployment, func(p hostprocess.Pod) hostprocess.Pod {
//		return p.EditContainer("agent", func(c hostprocess.Container) hostprocess.Container {
//			return c.WithImage("registry.example.com/agent:1.5")
//		})
//	})
//
// Package validate checks the whole result, for the nodes that change sets with
// [Pod.For]. Problems that existed before the change are left for validate.Validator to
// report; new ones are a [*BuildError]. So are a label that the selector of the
// workload no longer matches, and [Pod.WithSelector], because a selector can't be
// changed. A validate.Finding in the error has the field's path in the object. A nil
// object, one without a pod, and a nil function are errors.
//
// The API server allows changes to only a few fields of an existing Pod or Job. Scripts
// that change passes to [PowerShellFile] or [CmdFile] need their ConfigMaps: keep the
// pod that change returns, and call [Pod.ConfigMaps] on it.
func Update[T Workload](object T, change func(Pod) Pod) (T, error) {
	var none T
	if object == none {
		return none, refuse("object", errors.New("is nil: pass a workload"))
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
		return none, refuse("change", errors.New("returned a pod that isn't based on its argument: call methods of the argument"))
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

// without removes from a list what was there before a change, comparing elements by a
// key.
func without[S ~[]E, E any](list, before S, key func(E) any) S {
	known := make(map[any]bool, len(before))
	for _, e := range before {
		known[key(e)] = true
	}
	return slices.DeleteFunc(list, func(e E) bool { return known[key(e)] })
}

// keepEmpty keeps lists that are empty but not nil.
func (b *build) keepEmpty(before *corev1.PodSpec) {
	if len(b.spec.InitContainers)+len(before.InitContainers) == 0 {
		b.spec.InitContainers = before.InitContainers
	}
	if len(b.spec.Containers)+len(before.Containers) == 0 {
		b.spec.Containers = before.Containers
	}
}

// setMeta sets the labels and annotations of the pod that were changed.
func (b *build) setMeta(meta *metav1.ObjectMeta, p Pod) {
	if meta == nil {
		if len(p.labels)+len(p.annotations) > 0 {
			b.mistakes.add("Update", "object", nil, errors.New("is a PodSpec, which has no labels and annotations: pass the object that contains it"))
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
		b.mistakes.add("WithLabels", "labels", p.labels, fmt.Errorf("don't match the selector of the workload, %s", selector))
	}
}

// refuse returns an error of Update itself.
func refuse(argument string, err error) error {
	return &BuildError{[]Mistake{mistake("Update", argument, nil, err)}}
}
