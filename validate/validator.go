// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// NewestKubernetesMinor is the newest Kubernetes minor whose rules this version
// of the module knows: 37 for v1.37.
const NewestKubernetesMinor = 37

// Validator finds what is wrong with pods. The zero value is ready to use: it
// validates for nodes with containerd 2.x and the bind filter, and for the newest
// Kubernetes it knows. A Validator is not changed by its use, so many goroutines
// may share one.
type Validator struct {
	// Targets are the nodes that the pod is meant for. Empty means nodes with
	// containerd 2.x and the bind filter, the zero Target: no other containerd is
	// supported by its project any more. Older nodes have to be named.
	Targets []Target
	// KubernetesMinor is the minor of the API server: 30 for v1.30. Zero means
	// NewestKubernetesMinor. The oldest that is told apart is 26, in which
	// HostProcess became stable.
	KubernetesMinor int
	// Ignore are rules whose findings are not reported.
	Ignore []RuleID
}

// IsHostProcess reports whether a pod asks for HostProcess anywhere: for the whole
// pod or for one of its containers. Only such pods are judged. It is false for
// nil.
func IsHostProcess(spec *corev1.PodSpec) bool {
	if spec == nil {
		return false
	}
	p := pod{spec: spec}
	if on := p.windows().HostProcess; on != nil && *on {
		return true
	}
	for c := range p.containers {
		if on := c.windows().HostProcess; on != nil && *on {
			return true
		}
	}
	return false
}

// Pod judges a pod. Fields are those of a Pod: "spec.hostNetwork". Nil, and a
// pod that is not a HostProcess pod, has no findings.
func (v Validator) Pod(p *corev1.Pod) Findings {
	if p == nil {
		return nil
	}
	return v.validate(holder{}, &p.ObjectMeta, &p.Spec)
}

// PodSpec judges a PodSpec that stands at fldPath in an object of the caller's
// own; a nil fldPath makes fields start inside the spec: "hostNetwork". Rules
// about labels and annotations have nothing to look at.
func (v Validator) PodSpec(spec *corev1.PodSpec, fldPath *field.Path) Findings {
	return v.validate(holder{path: fldPath, bare: true}, nil, spec)
}

// PodTemplateSpec judges a template that stands at fldPath in an object of the
// caller's own; a nil fldPath makes fields start inside the template:
// "spec.hostNetwork".
func (v Validator) PodTemplateSpec(template *corev1.PodTemplateSpec, fldPath *field.Path) Findings {
	if template == nil {
		return nil
	}
	return v.validate(holder{path: fldPath}, &template.ObjectMeta, &template.Spec)
}

// Object judges any object that holds a pod: Pod, PodTemplate and
// ReplicationController of v1, DaemonSet, Deployment, ReplicaSet and
// StatefulSet of apps/v1, Job and CronJob of batch/v1. Fields start at the
// object, as the API server writes them:
// "spec.jobTemplate.spec.template.spec.hostNetwork". Any other object, and nil,
// is a *KindError.
func (v Validator) Object(object runtime.Object) (Findings, error) {
	h, meta, spec, err := inside(object)
	if err != nil {
		return nil, err
	}
	return v.validate(h, meta, spec), nil
}

// PodSpecOf returns the PodSpec of any object that Validator.Object judges; it
// is the object's own, not a copy, and nil for a ReplicationController without
// a template. Any other object, and nil, is a *KindError.
func PodSpecOf(object runtime.Object) (*corev1.PodSpec, error) {
	_, _, spec, err := inside(object)
	return spec, err
}

// inside finds the pod in an object, and says where it is.
func inside(object runtime.Object) (holder, *metav1.ObjectMeta, *corev1.PodSpec, error) {
	h := holder{object: object, template: "spec.template"}
	var template *corev1.PodTemplateSpec
	switch o := object.(type) {
	case *corev1.Pod:
		if o != nil {
			return holder{}, &o.ObjectMeta, &o.Spec, nil
		}
	case *corev1.PodTemplate:
		if o != nil {
			template, h.template = &o.Template, "template"
		}
	case *corev1.ReplicationController:
		if o != nil && o.Spec.Template == nil {
			return h, nil, nil, nil
		}
		if o != nil {
			template = o.Spec.Template
		}
	case *appsv1.DaemonSet:
		if o != nil {
			template, h.workload.daemonSet = &o.Spec.Template, o
		}
	case *appsv1.Deployment:
		if o != nil {
			template, h.workload.deployment = &o.Spec.Template, o
		}
	case *appsv1.ReplicaSet:
		if o != nil {
			template = &o.Spec.Template
		}
	case *appsv1.StatefulSet:
		if o != nil {
			template, h.workload.statefulSet = &o.Spec.Template, o
		}
	case *batchv1.Job:
		if o != nil {
			template = &o.Spec.Template
		}
	case *batchv1.CronJob:
		if o != nil {
			template, h.template = &o.Spec.JobTemplate.Spec.Template, "spec.jobTemplate.spec.template"
		}
	}
	if template == nil {
		return holder{}, nil, nil, &KindError{Kind: fmt.Sprintf("%T", object)}
	}
	return h, &template.ObjectMeta, &template.Spec, nil
}

// validate finds what is wrong with one pod.
func (v Validator) validate(h holder, meta *metav1.ObjectMeta, spec *corev1.PodSpec) Findings {
	if !IsHostProcess(spec) {
		return nil
	}
	e := v.engine(h, meta, spec)
	e.tryPod()
	return e.found
}

// engine returns an engine for one pod.
func (v Validator) engine(h holder, meta *metav1.ObjectMeta, spec *corev1.PodSpec) engine {
	e := engine{holder: h, ignore: v.Ignore, targets: v.Targets}
	if len(e.targets) == 0 {
		e.targets = defaultTargets[:]
	}
	minor := v.KubernetesMinor
	if minor == 0 {
		minor = NewestKubernetesMinor
	}
	e.pod = pod{spec: spec, meta: meta, set: h.workload.statefulSet, minor: minor, nodes: nodeSetOf(e.targets, minor)}
	e.pod.index = newVolumeIndex(e.pod)
	if e.pod.set != nil {
		e.pod.claims = newIndex(len(e.pod.set.Spec.VolumeClaimTemplates), e.pod.claimName)
	}
	return e
}

// KindError says that an object holds no pod.
type KindError struct {
	// Kind is the Go type of the object.
	Kind string
}

// Error names the type and says what to pass instead.
func (e *KindError) Error() string {
	return fmt.Sprintf("%s holds no pod: pass a Pod, a PodTemplate or a workload of apps/v1 or batch/v1", e.Kind)
}
