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

// Pod describes a HostProcess pod. It is an immutable value: each method returns
// a changed copy. Make one with [NewPod]. The zero Pod has no account and no
// container; Build says so.
//
// Pods can't be compared with ==; use [Pod.Equal], which package go-cmp finds by
// itself.
type Pod struct {
	_ [0]func()

	// spec holds what has neither a container nor a volume in it. What it points
	// to is never changed.
	spec        corev1.PodSpec
	labels      map[string]string
	annotations map[string]string
	selector    map[string]string

	account accounts.Account
	// accountMethod is what has set the account; empty for the zero Pod.
	accountMethod string
	init          []Container
	containers    []Container
	// from says that it was started with a spec; whole, that nothing is set in it
	// unless a method was called.
	from, whole bool

	validator validate.Validator
	edits     []func(*corev1.PodSpec)
	mistakes  mistakes
}

// NewPod returns a pod that runs the containers as an account.
// [accounts.LocalService] is the least privileged one that every node has.
//
// Equivalent of setting spec.securityContext.windowsOptions.runAsUserName and
// spec.containers.
func NewPod(account accounts.Account, containers ...Container) Pod {
	p := Pod{spec: corev1.PodSpec{AutomountServiceAccountToken: ptr.To(false)}}
	return p.runAs("NewPod", account).WithContainers(containers...)
}

// WithRunAs sets the account for every container that doesn't name its own.
// A nil account is a mistake. If called again, the last call holds.
//
// Equivalent of setting spec.securityContext.windowsOptions.runAsUserName.
func (p Pod) WithRunAs(account accounts.Account) Pod {
	return p.runAs("WithRunAs", account)
}

func (p Pod) runAs(method string, account accounts.Account) Pod {
	p.account, p.accountMethod = accounts.Value(account), method
	return p
}

// WithContainers adds containers. They start at the same time. Their names must
// differ, also from those of the init containers. If called again, the
// containers are added.
//
// Equivalent of appending to spec.containers.
func (p Pod) WithContainers(containers ...Container) Pod {
	p.containers = append(slices.Clip(p.containers), containers...)
	return p
}

// WithInitContainers adds containers that run one after the other before all
// others start. They can't have probes and lifecycle hooks; see [Pod.WithSidecars]
// for those that go on. If called again, the containers are added.
//
// Equivalent of appending to spec.initContainers.
func (p Pod) WithInitContainers(containers ...Container) Pod {
	p.init = append(slices.Clip(p.init), containers...)
	return p
}

// WithSidecars adds containers that start one after the other before all others and
// then go on, as long as the pod does; unlike other init containers they can have
// probes and lifecycle hooks. They start in one order with those of
// [Pod.WithInitContainers]. They need Kubernetes 1.29 or later: see
// [Pod.ForKubernetes]. If called again, the containers are added.
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

// WithLabels adds labels to the pod, or to the template of the workload. If
// called again, the labels are added, and replace those of the same key.
//
// Equivalent of setting metadata.labels.
func (p Pod) WithLabels(labels map[string]string) Pod {
	p.mistakes.labels("WithLabels", labels)
	p.labels = with(p.labels, labels)
	return p
}

// WithAnnotations adds annotations to the pod, or to the template of the
// workload. If called again, the annotations are added, and replace those of the
// same key.
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

// WithSelector sets the labels by which a workload finds its pods. They are
// added to the labels of the pods. Without it the selector is the one label
// app.kubernetes.io/name with the name of the workload. A selector can't be
// changed later, so use this to take over a workload that exists. If called
// again, the last call holds.
//
// Equivalent of setting spec.selector.matchLabels of a DaemonSet or Deployment. Pods,
// Jobs and CronJobs have no such selector, and don't use it.
func (p Pod) WithSelector(labels map[string]string) Pod {
	if len(labels) == 0 {
		p.mistakes.add("WithSelector", "labels", labels, errors.New("is empty: a selector without labels is refused"))
	}
	p.mistakes.labels("WithSelector", labels)
	p.selector = with(nil, labels)
	return p
}

// WithServiceAccount sets the service account, and has its token mounted. If
// called again, the last call holds.
//
// Equivalent of setting spec.serviceAccountName, and
// spec.automountServiceAccountToken to true.
func (p Pod) WithServiceAccount(name string) Pod {
	p.mistakes.add("WithServiceAccount", "name", name, subdomain(name))
	p.spec.ServiceAccountName, p.spec.AutomountServiceAccountToken = name, ptr.To(true)
	return p
}

// WithTerminationGracePeriod sets how long the containers have to stop, in
// whole seconds. On a node with the bind filter the process that is told to stop
// is cmd, not the program; see package validate. If called again, the last call
// holds.
//
// Equivalent of setting spec.terminationGracePeriodSeconds.
func (p Pod) WithTerminationGracePeriod(period time.Duration) Pod {
	p.mistakes.add("WithTerminationGracePeriod", "period", period, wholeSeconds(period, 0))
	p.spec.TerminationGracePeriodSeconds = ptr.To(int64(period / time.Second))
	return p
}

// WithActiveDeadline sets how long the pod may run before it is stopped as failed, in
// whole seconds. A DaemonSet or Deployment can't have it. If called again, the last call
// holds.
//
// Equivalent of setting spec.activeDeadlineSeconds.
func (p Pod) WithActiveDeadline(deadline time.Duration) Pod {
	p.mistakes.add("WithActiveDeadline", "deadline", deadline, wholeSeconds(deadline, time.Second))
	p.spec.ActiveDeadlineSeconds = ptr.To(int64(deadline / time.Second))
	return p
}

// WithRestartPolicy sets what happens when a container ends. If it isn't called,
// the containers of a Job or CronJob are never restarted, and all others always.
// A DaemonSet or Deployment can have no other policy than Always, a Job or CronJob
// can't have that one. If called again, the last call holds.
//
// Equivalent of setting spec.restartPolicy.
func (p Pod) WithRestartPolicy(policy corev1.RestartPolicy) Pod {
	p.mistakes.add("WithRestartPolicy", "policy", string(policy),
		oneOf(policy, corev1.RestartPolicyAlways, corev1.RestartPolicyOnFailure, corev1.RestartPolicyNever))
	p.spec.RestartPolicy = policy
	return p
}

// For says which kinds of node the pod is meant for: commands are written so
// that they work on all of them, and what would fail on one is a mistake. If it
// isn't called, that is a node with containerd 2.x and the bind filter.
// [validate.NodeTarget] makes a target of a Node. If called again, the last call
// holds.
func (p Pod) For(targets ...validate.Target) Pod {
	p.validator.Targets = slices.Clone(targets)
	return p
}

// Ignore lets the pod be built although it breaks rules of package validate. Use it when
// you know something about the nodes that the rule can't. If called
// again, the rules are added.
func (p Pod) Ignore(rules ...validate.RuleID) Pod {
	for _, rule := range rules {
		if !slices.ContainsFunc(validate.Rules(), func(r validate.Rule) bool { return r.ID == rule }) {
			p.mistakes.add("Ignore", "rule", string(rule), errors.New("is the id of no rule: see validate.Rules"))
		}
	}
	p.validator.Ignore = append(slices.Clip(p.validator.Ignore), rules...)
	return p
}

// Edit is the escape hatch for what has no method here. The function is called by
// each Build, with a spec that belongs to it: it may change everything. It must
// do the same each time, and must not keep the spec. What it did is judged by
// package validate, but not by the other checks of this package. A nil function
// is a mistake. If called again, the functions are called in that order.
func (p Pod) Edit(edit func(*corev1.PodSpec)) Pod {
	if edit == nil {
		p.mistakes.add("Edit", "edit", nil, errNoFunction)
		return p
	}
	p.edits = append(slices.Clip(p.edits), edit)
	return p
}

// ForKubernetes says which is the oldest Kubernetes of the clusters that the pod is
// meant for, by its minor: 29 for 1.29. What that one doesn't know, such as a
// sidecar, is a mistake. If it isn't called, that is the newest known,
// [validate.NewestKubernetesMinor]. If called again, the last call holds.
func (p Pod) ForKubernetes(minor int) Pod {
	if minor < 1 {
		p.mistakes.add("ForKubernetes", "minor", minor, errors.New("is no minor version: write 29 for Kubernetes 1.29"))
	}
	p.validator.KubernetesMinor = minor
	return p
}

// wholeSeconds checks for a number of whole seconds that the API has room for.
func wholeSeconds(d time.Duration, least time.Duration) error {
	const most = 1<<31 - 1
	switch {
	case d < least:
		return fmt.Errorf("is too short: the least is %s", least)
	case d%time.Second != 0:
		return errors.New("is not a whole number of seconds: the API knows no smaller unit")
	case d/time.Second > most:
		return fmt.Errorf("is too long: the most is %d seconds", most)
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
