// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package task

import (
	"errors"
	"fmt"
	"slices"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/utils/ptr"

	"github.com/hostprocess-go/sdk/accounts"
	"github.com/hostprocess-go/sdk/hostprocess"
	"github.com/hostprocess-go/sdk/internal/quote"
)

const (
	// ContainerName is the name of the container that runs the command.
	ContainerName = "command"

	// DefaultDeadline is how long the command may take, unless [Task.WithActiveDeadline]
	// sets another time.
	DefaultDeadline = 10 * time.Minute

	// DefaultTimeToLive is how long a finished Job is kept, unless
	// [Task.WithTimeToLive] sets another time.
	DefaultTimeToLive = time.Hour

	// startTime is the time that a Job may take in addition to the command: for the
	// scheduler, and for a node that doesn't respond.
	startTime = 5 * time.Minute
)

// Task is one command that runs once on one node. It is an immutable value: each method
// returns a changed copy. Create one with [New]. The zero Task has no node, which is a
// mistake.
type Task struct {
	_ [0]func()

	node       string
	account    accounts.Account
	image      string
	command    hostprocess.Command
	deadline   time.Duration
	timeToLive time.Duration
	changes    []func(hostprocess.Pod) hostprocess.Pod
}

// New returns a task that runs a command on the node with that name, as an account.
// [PowerShell] returns a command whose output [Outcome] finds; every other command of
// package hostprocess works too.
//
// Choose the account by what the command does: [accounts.LocalService] can read most
// things, and changing the node usually requires [accounts.LocalSystem].
func New(node string, account accounts.Account, command hostprocess.Command) Task {
	return Task{
		node: node, account: account, image: hostprocess.BaseImage, command: command,
		deadline: DefaultDeadline, timeToLive: DefaultTimeToLive,
	}
}

// WithImage sets the image, instead of [hostprocess.BaseImage], which has no files.
func (t Task) WithImage(image string) Task {
	t.image = image
	return t
}

// WithActiveDeadline sets how long the command may take, in whole seconds, from the
// time when the kubelet accepts the pod. The kubelet then stops the command, and the
// pod is kept with its output.
func (t Task) WithActiveDeadline(deadline time.Duration) Task {
	t.deadline = deadline
	return t
}

// WithTimeToLive sets how long a finished Job is kept, with its pod, in whole seconds.
// A pod without a Job is kept until it is deleted.
func (t Task) WithTimeToLive(timeToLive time.Duration) Task {
	t.timeToLive = timeToLive
	return t
}

// With changes the pod with a function that returns a changed copy, for everything that
// a pod can have: labels, a service account, a group to run as, mounts, or the kind of
// node ([hostprocess.Pod.For]). A nil function changes nothing.
func (t Task) With(change func(hostprocess.Pod) hostprocess.Pod) Task {
	if change != nil {
		t.changes = append(slices.Clip(t.changes), change)
	}
	return t
}

// Pod returns the task as a Pod, or nil and a [*hostprocess.BuildError]. Delete it once
// you know its [Outcome]: nothing else does, and while it can't be scheduled to the
// node, it waits.
func (t Task) Pod(meta metav1.ObjectMeta) (*corev1.Pod, error) {
	pod, err := t.pod().Pod(meta)
	if err := t.check(err); err != nil {
		return nil, err
	}
	return pod, nil
}

// Job returns the task as a Job, or nil and a [*hostprocess.BuildError]. The Job fails
// when its pod does, and doesn't retry. If the pod doesn't start, or its node is gone,
// the Job ends five minutes after the deadline of the command. Some time after it has
// finished ([Task.WithTimeToLive]), it is deleted with its pod.
//
// In rare cases, a Job starts a pod twice, as the Kubernetes documentation warns, so
// don't use it for a command that must not run twice.
// Source: https://kubernetes.io/docs/concepts/workloads/controllers/job/
func (t Task) Job(meta metav1.ObjectMeta) (*batchv1.Job, error) {
	job, err := t.pod().Job(meta)
	if err := t.check(err); err != nil {
		return nil, err
	}
	job.Spec.BackoffLimit = ptr.To[int32](0)
	job.Spec.ActiveDeadlineSeconds = ptr.To(int64((t.deadline + startTime) / time.Second))
	job.Spec.TTLSecondsAfterFinished = ptr.To(int32(t.timeToLive / time.Second))
	return job, nil
}

// pod returns the pod of the task, with all mistakes that package hostprocess can find.
func (t Task) pod() hostprocess.Pod {
	container := hostprocess.NewContainer(ContainerName, t.image).WithCommand(t.command).
		Edit(func(c *corev1.Container) { c.TerminationMessagePolicy = corev1.TerminationMessageFallbackToLogsOnError })
	pod := hostprocess.NewPod(t.account, container).
		WithTolerations(corev1.Toleration{Operator: corev1.TolerationOpExists}).
		WithActiveDeadline(t.deadline).
		Edit(func(s *corev1.PodSpec) {
			s.RestartPolicy = corev1.RestartPolicyNever
			s.Affinity = onNode(t.node)
		})
	for _, change := range t.changes {
		pod = change(pod)
	}
	return pod
}

// onNode selects the node by its name, like the DaemonSet controller does for its pods.
// The label kubernetes.io/hostname can differ from the name.
// Source: https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/controller/daemon/util/daemonset_util.go (ReplaceDaemonSetPodNodeNameNodeAffinity)
func onNode(name string) *corev1.Affinity {
	return &corev1.Affinity{NodeAffinity: &corev1.NodeAffinity{
		RequiredDuringSchedulingIgnoredDuringExecution: &corev1.NodeSelector{
			NodeSelectorTerms: []corev1.NodeSelectorTerm{{
				MatchFields: []corev1.NodeSelectorRequirement{{
					Key: metav1.ObjectNameField, Operator: corev1.NodeSelectorOpIn, Values: []string{name},
				}},
			}},
		},
	}}
}

// check adds the mistakes of the task to those of the pod.
func (t Task) check(built error) error {
	var mistakes []hostprocess.Mistake
	wrong := func(method, argument string, err error) {
		mistakes = append(mistakes, hostprocess.Mistake{Method: method, Argument: argument, Err: err})
	}
	if problems := validation.IsDNS1123Subdomain(t.node); len(problems) > 0 {
		wrong("New", "node "+quote.Text(t.node), errors.New(problems[0]))
	}
	const most = 1<<31 - 1
	if ttl := t.timeToLive; ttl < 0 || ttl%time.Second != 0 || ttl/time.Second > most {
		wrong("WithTimeToLive", "timeToLive "+ttl.String(), fmt.Errorf("is not a whole number of seconds from 0 to %d", most))
	}
	var failed *hostprocess.BuildError
	switch {
	case errors.As(built, &failed):
		mistakes = append(mistakes, failed.Mistakes...)
	case built != nil:
		return built
	}
	if len(mistakes) == 0 {
		return nil
	}
	return &hostprocess.BuildError{Mistakes: mistakes}
}
