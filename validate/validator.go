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

// NewestKubernetesMinor is the newest Kubernetes minor whose rules this version of the
// module knows: 37 for v1.37.
const NewestKubernetesMinor = 37

// Validator checks pods against the rules. The zero value is ready to use: it validates
// for nodes with containerd 2.x and the bind filter, and for the newest known
// Kubernetes. Its methods don't change it, so it is safe for concurrent use.
type Validator struct {
	// Targets are the nodes that the pod is for. Empty means nodes with containerd 2.x
	// and the bind filter, the zero Target: the containerd project supports no other
	// version any more. Older nodes must be listed.
	Targets []Target
	// KubernetesMinor is the minor of the API server: 30 for v1.30. Zero means
	// NewestKubernetesMinor. The oldest supported is 26, in which HostProcess became
	// stable.
	KubernetesMinor int
	// Ignore are rules whose findings are not reported.
	Ignore []RuleID
}

// IsHostProcess reports whether a pod sets hostProcess for the whole pod or for one of
// its containers. Only such pods are validated. It returns false for nil.
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

// Pod validates a pod. Fields start at the Pod: "spec.hostNetwork". It returns nil for
// a nil pod, and for a pod that isn't a HostProcess pod.
func (v Validator) Pod(p *corev1.Pod) Findings {
	if p == nil {
		return nil
	}
	return v.validate(holder{}, &p.ObjectMeta, &p.Spec)
}

// PodSpec validates a PodSpec at fldPath in an object of your own; with a nil fldPath,
// fields start inside the spec: "hostNetwork". Rules about labels and annotations don't
// apply.
func (v Validator) PodSpec(spec *corev1.PodSpec, fldPath *field.Path) Findings {
	return v.validate(holder{path: fldPath, bare: true}, nil, spec)
}

// PodTemplateSpec validates a template at fldPath in an object of your own; with a nil
// fldPath, fields start inside the template: "spec.hostNetwork".
func (v Validator) PodTemplateSpec(template *corev1.PodTemplateSpec, fldPath *field.Path) Findings {
	if template == nil {
		return nil
	}
	return v.validate(holder{path: fldPath}, &template.ObjectMeta, &template.Spec)
}

// Object validates any object with a pod: Pod, PodTemplate and ReplicationController of
// v1, DaemonSet, Deployment, ReplicaSet and StatefulSet of apps/v1, Job and CronJob of
// batch/v1. Fields start at the object, as in errors of the API server:
// "spec.jobTemplate.spec.template.spec.hostNetwork". It returns a *KindError for any
// other object and for nil.
func (v Validator) Object(object runtime.Object) (Findings, error) {
	h, meta, spec, err := inside(object)
	if err != nil {
		return nil, err
	}
	return v.validate(h, meta, spec), nil
}

// PodSpecOf returns the PodSpec of any object that Validator.Object validates. It is
// the object's own, not a copy, and nil for a ReplicationController without a template.
// It returns a *KindError for any other object and for nil.
func PodSpecOf(object runtime.Object) (*corev1.PodSpec, error) {
	_, _, spec, err := inside(object)
	return spec, err
}

// inside returns the pod in an object, and its place.
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

// validate validates one pod.
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

// KindError is the error for an object without a pod.
type KindError struct {
	// Kind is the Go type of the object.
	Kind string
}

// Error names the type and what to pass instead.
func (e *KindError) Error() string {
	return fmt.Sprintf("%s doesn't contain a pod: pass a Pod, a PodTemplate or a workload of apps/v1 or batch/v1", e.Kind)
}
