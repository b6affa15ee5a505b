// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package hostprocess

import (
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"k8s.io/utils/ptr"

	"github.com/hostprocess-go/sdk/accounts"
	"github.com/hostprocess-go/sdk/validate"
)

// Pod describes a HostProcess pod. It is an immutable value: each method returns a
// changed copy. Create one with [NewPod]. The zero Pod has no account and no container,
// which Build reports.
//
// Pods can't be compared with ==; use [Pod.Equal], which go-cmp uses too.
type Pod struct {
	_ [0]func()

	// spec contains everything but containers and volumes. What it points to is never
	// changed.
	spec        corev1.PodSpec
	labels      map[string]string
	annotations map[string]string
	selector    map[string]string

	account accounts.Account
	// accountMethod is the method that set the account; empty for the zero Pod.
	accountMethod string
	init          []Container
	containers    []Container
	// from is true if the pod was started with a spec, and whole if nothing is set in
	// it unless a method was called.
	from, whole bool

	validator validate.Validator
	edits     []func(*corev1.PodSpec)
	mistakes  mistakes
}

// NewPod returns a pod that runs its containers as an account. [accounts.LocalService]
// is the least privileged account that every node has.
//
// Equivalent of setting spec.securityContext.windowsOptions.runAsUserName and
// spec.containers.
func NewPod(account accounts.Account, containers ...Container) Pod {
	p := Pod{spec: corev1.PodSpec{AutomountServiceAccountToken: ptr.To(false)}}
	return p.runAs("NewPod", account).WithContainers(containers...)
}

// WithRunAs sets the account for every container without an account of its own. A nil
// account is a mistake.
//
// Equivalent of setting spec.securityContext.windowsOptions.runAsUserName.
func (p Pod) WithRunAs(account accounts.Account) Pod {
	return p.runAs("WithRunAs", account)
}

func (p Pod) runAs(method string, account accounts.Account) Pod {
	p.account, p.accountMethod = accounts.Value(account), method
	return p
}

// WithContainers adds containers, which start at the same time. Their names must be
// unique, including those of init containers.
//
// Equivalent of appending to spec.containers.
func (p Pod) WithContainers(containers ...Container) Pod {
	p.containers = append(slices.Clip(p.containers), containers...)
	return p
}

// WithInitContainers adds containers that run one after the other, before all others
// start. They can't have probes or lifecycle hooks. For containers that keep running,
// see [Pod.WithSidecars].
//
// Equivalent of appending to spec.initContainers.
func (p Pod) WithInitContainers(containers ...Container) Pod {
	p.init = append(slices.Clip(p.init), containers...)
	return p
}

// WithSidecars adds containers that start one after the other before all others, and
// keep running as long as the pod does. Unlike other init containers, they can have
// probes and lifecycle hooks. They start in one order with those of
// [Pod.WithInitContainers]. They require Kubernetes 1.29 or later: see
// [Pod.ForKubernetes].
//
// Equivalent of appending to spec.initContainers, with restartPolicy Always.
func (p Pod) WithSidecars(containers ...Container) Pod {
	p.init = slices.Clip(p.init)
	for _, c := range containers {
		c.spec.RestartPolicy = ptr.To(corev1.ContainerRestartPolicyAlways)
		p.init = append(p.init, c)
	}
	return p
}

// WithLabels adds labels to the pod, or to the template of the workload.
//
// Equivalent of setting metadata.labels.
func (p Pod) WithLabels(labels map[string]string) Pod {
	p.mistakes.labels("WithLabels", labels)
	p.labels = with(p.labels, labels)
	return p
}

// WithAnnotations adds annotations to the pod, or to the template of the workload.
//
// Equivalent of setting metadata.annotations.
func (p Pod) WithAnnotations(annotations map[string]string) Pod {
	for _, err := range validation.ValidateAnnotations(annotations, field.NewPath("annotations")) {
		p.mistakes = append(slices.Clip(p.mistakes), Mistake{Method: "WithAnnotations", Argument: "annotations", Err: err})
	}
	for _, key := range slices.Sorted(maps.Keys(annotations)) {
		p.mistakes.add("WithAnnotations", "value of "+key, annotations[key], nil)
	}
	p.annotations = with(p.annotations, annotations)
	return p
}

// WithSelector sets the labels by which a workload finds its pods, and adds them to the
// labels of the pods. By default, the selector is the label app.kubernetes.io/name with
// the name of the workload. A selector can't be changed later, so use this method to
// take over an existing workload.
//
// Equivalent of setting spec.selector.matchLabels of a DaemonSet or Deployment. Pods,
// Jobs and CronJobs have no such selector, and don't use it.
func (p Pod) WithSelector(labels map[string]string) Pod {
	if len(labels) == 0 {
		p.mistakes.add("WithSelector", "labels", labels, errors.New("is empty: the API server rejects a selector without labels"))
	}
	p.mistakes.labels("WithSelector", labels)
	p.selector = with(nil, labels)
	return p
}

// WithServiceAccount sets the service account, and mounts its token.
//
// Equivalent of setting spec.serviceAccountName, and
// spec.automountServiceAccountToken to true.
func (p Pod) WithServiceAccount(name string) Pod {
	p.mistakes.add("WithServiceAccount", "name", name, subdomain(name))
	p.spec.ServiceAccountName, p.spec.AutomountServiceAccountToken = name, ptr.To(true)
	return p
}

// WithTerminationGracePeriod sets how long the containers have to stop, in whole
// seconds. On a node with the bind filter, cmd gets the signal to stop, not the
// program; see package agent.
//
// Equivalent of setting spec.terminationGracePeriodSeconds.
func (p Pod) WithTerminationGracePeriod(period time.Duration) Pod {
	p.mistakes.add("WithTerminationGracePeriod", "period", period, wholeSeconds(period, 0))
	p.spec.TerminationGracePeriodSeconds = ptr.To(int64(period / time.Second))
	return p
}

// WithActiveDeadline sets how long the pod may run before it is stopped as failed, in
// whole seconds. A DaemonSet or Deployment can't have it.
//
// Equivalent of setting spec.activeDeadlineSeconds.
func (p Pod) WithActiveDeadline(deadline time.Duration) Pod {
	p.mistakes.add("WithActiveDeadline", "deadline", deadline, wholeSeconds(deadline, time.Second))
	p.spec.ActiveDeadlineSeconds = ptr.To(int64(deadline / time.Second))
	return p
}

// WithRestartPolicy sets what happens when a container exits. By default, the
// containers of a Job or CronJob are never restarted, and all others always. A
// DaemonSet or Deployment can only have the policy Always, which a Job or CronJob can't
// have.
//
// Equivalent of setting spec.restartPolicy.
func (p Pod) WithRestartPolicy(policy corev1.RestartPolicy) Pod {
	p.mistakes.add("WithRestartPolicy", "policy", string(policy),
		oneOf(policy, corev1.RestartPolicyAlways, corev1.RestartPolicyOnFailure, corev1.RestartPolicyNever))
	p.spec.RestartPolicy = policy
	return p
}

// For sets the kinds of nodes that the pod is for: commands are written so that they
// work on all of them, and what would fail on one of them is a mistake. The default is
// a node with containerd 2.x and the bind filter. [validate.NodeTarget] returns the
// target of a Node.
func (p Pod) For(targets ...validate.Target) Pod {
	p.validator.Targets = slices.Clone(targets)
	return p
}

// Ignore lets the pod be built although it breaks rules of package validate. Use it
// when you know something about the nodes that the rule can't.
func (p Pod) Ignore(rules ...validate.RuleID) Pod {
	for _, rule := range rules {
		if !slices.ContainsFunc(validate.Rules(), func(r validate.Rule) bool { return r.ID == rule }) {
			p.mistakes.add("Ignore", "rule", string(rule), errors.New("is not the ID of a rule: see validate.Rules"))
		}
	}
	p.validator.Ignore = append(slices.Clip(p.validator.Ignore), rules...)
	return p
}

// Edit is the escape hatch for fields without a method. Each Build calls the function
// with a spec of its own, which it may change in any way. The function must do the same
// each time, and must not keep the spec. Package validate checks the result, but the
// other checks of this package don't. A nil function is a mistake. If Edit is called
// several times, the functions run in that order.
func (p Pod) Edit(edit func(*corev1.PodSpec)) Pod {
	if edit == nil {
		p.mistakes.add("Edit", "edit", nil, errNoFunction)
		return p
	}
	p.edits = append(slices.Clip(p.edits), edit)
	return p
}

// ForKubernetes sets the oldest Kubernetes minor of the clusters that the pod is for:
// 29 for 1.29. What it doesn't support, such as a sidecar, is a mistake. The default is
// [validate.NewestKubernetesMinor].
func (p Pod) ForKubernetes(minor int) Pod {
	if minor < 1 {
		p.mistakes.add("ForKubernetes", "minor", minor, errors.New("is not a minor version: write 29 for Kubernetes 1.29"))
	}
	p.validator.KubernetesMinor = minor
	return p
}

// wholeSeconds checks for a number of whole seconds in the range of the API.
func wholeSeconds(d time.Duration, least time.Duration) error {
	const most = 1<<31 - 1
	switch {
	case d < least:
		return fmt.Errorf("is too short: the minimum is %s", least)
	case d%time.Second != 0:
		return errors.New("is not a whole number of seconds, which the API requires")
	case d/time.Second > most:
		return fmt.Errorf("is too long: the maximum is %d seconds", most)
	}
	return nil
}

// all ranges over the containers, init containers first.
func (p *Pod) all() iter.Seq[*Container] {
	return func(yield func(*Container) bool) {
		for _, list := range [...][]Container{p.init, p.containers} {
			for i := range list {
				if !yield(&list[i]) {
					return
				}
			}
		}
	}
}
