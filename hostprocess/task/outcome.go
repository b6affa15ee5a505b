// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package task

import (
	"cmp"
	"slices"
	"strings"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/utils/ptr"

	"github.com/hostprocess-go/sdk/validate/explain"
)

// State is the state of a task. The zero State means that there is no task.
type State string

const (
	// StateNotScheduled means that the pod has no node yet, or that the Job has no pod.
	StateNotScheduled State = "NotScheduled"
	// StateNotStarted means that the node has the pod, and the command hasn't started.
	// If the result is final, it never will.
	StateNotStarted State = "NotStarted"
	// StateRunning means that the command runs.
	StateRunning State = "Running"
	// StateSucceeded means that the command has exited with code 0.
	StateSucceeded State = "Succeeded"
	// StateFailed means that the command has exited with another code.
	StateFailed State = "Failed"
	// StateDeadlineExceeded means that the task was stopped because it took too long.
	StateDeadlineExceeded State = "DeadlineExceeded"
	// StateInterrupted means that something else stopped the task, and it isn't known
	// how far the command got: the pod was evicted or deleted, or the node was shut
	// down, is gone, or doesn't respond.
	StateInterrupted State = "Interrupted"
)

// Result is the outcome of a task according to its objects. The zero Result is empty.
type Result struct {
	// State is the state of the task.
	State State `json:"state"`
	// Final reports whether the state is final.
	Final bool `json:"final"`
	// Reason is the Kubernetes reason, such as Unschedulable, ErrImagePull or Evicted.
	// It can be empty.
	Reason string `json:"reason,omitempty"`
	// Message is the message of Kubernetes, of the runtime or of an event, or of this
	// package if they have none.
	Message string `json:"message,omitempty"`
	// ExitCode is the exit code of the command; nil if it hasn't exited, or the code
	// isn't known.
	ExitCode *int32 `json:"exitCode,omitempty"`
	// Meaning is what the exit code usually means on Windows: see Meaning.
	Meaning string `json:"meaning,omitempty"`
	// Output is the termination message: with PowerShell, the end of the command's
	// output, up to 4096 bytes. For other commands, it is the end of their logs, up to
	// 80 lines and 2048 bytes, if they fail, and empty if they succeed.
	Output string `json:"output,omitempty"`
	// Causes are the results of package explain for the message, for warnings in the
	// events, and for the output, if the command hasn't run or has failed.
	Causes []explain.Cause `json:"causes,omitempty"`
}

// String returns the result in a line or a few, without the output. The wording may change.
func (r Result) String() string {
	text := string(r.State)
	if r.ExitCode != nil {
		text += " with exit code " + hex(*r.ExitCode)
	}
	for _, part := range []string{r.Meaning, r.Reason, r.Message} {
		if part != "" {
			text += ": " + part
		}
	}
	for _, cause := range r.Causes {
		text += "\n" + cause.Cause + " To fix it, " + cause.Fix + "."
	}
	return text
}

// Outcome returns the result of a task from its pod. Pass the pod's events in any
// order; events of other objects are ignored. They give more detail about a pod that
// hasn't started, and aren't needed otherwise. A nil pod is one that no longer exists.
//
// It works for any pod with one command: that of the container named [ContainerName],
// or of the first container.
func Outcome(pod *corev1.Pod, events ...corev1.Event) Result {
	if pod == nil {
		return Result{State: StateInterrupted, Final: true, Message: "the pod no longer exists"}
	}
	r := judge(pod)
	texts := []string{r.Message}
	switch r.State {
	case StateSucceeded, StateRunning:
		return r
	case StateNotScheduled, StateNotStarted:
		warnings := warningsOf(pod.UID, events)
		switch {
		case r.Message != "" || r.Final:
		case len(warnings) > 0:
			r.Reason, r.Message = warnings[0].Reason, warnings[0].Message
		case r.State == StateNotStarted && len(pod.Status.ContainerStatuses) == 0:
			r.Message = "the kubelet hasn't reported on the pod yet; if this continues, check the node"
		}
		for _, w := range warnings {
			texts = append(texts, w.Message)
		}
	default:
		texts = append(texts, r.Output)
	}
	r.Causes = causes(texts)
	return r
}

// JobOutcome returns the result of a task from its Job: the [Outcome] of its newest pod
// or, if that is gone, of the Job itself. Pods and events of other objects are ignored.
// A nil Job is one that no longer exists.
func JobOutcome(job *batchv1.Job, pods []corev1.Pod, events ...corev1.Event) Result {
	if job == nil {
		return Result{State: StateInterrupted, Final: true, Message: "the Job no longer exists"}
	}
	r := Result{State: StateNotScheduled}
	pod := newestOf(job, pods)
	if pod != nil {
		r = Outcome(pod, events...)
	} else if warnings := warningsOf(job.UID, events); len(warnings) > 0 {
		r.Reason, r.Message = warnings[0].Reason, warnings[0].Message
		r.Causes = causes([]string{r.Message})
	}
	known := pod != nil && r.Final && r.State != StateInterrupted
	for _, c := range job.Status.Conditions {
		switch {
		case c.Status != corev1.ConditionTrue || known:
		case c.Type == batchv1.JobComplete && pod == nil:
			r = Result{State: StateSucceeded, Final: true, Reason: c.Reason, Message: c.Message}
		case c.Type == batchv1.JobFailed && c.Reason == batchv1.JobReasonDeadlineExceeded:
			r.State, r.Final, r.Reason, r.Message = StateDeadlineExceeded, true, c.Reason, c.Message
		case c.Type == batchv1.JobFailed && pod == nil:
			r = Result{State: StateInterrupted, Final: true, Reason: c.Reason, Message: c.Message}
		}
	}
	return r
}

// judge returns the result from the pod alone, without causes.
func judge(pod *corev1.Pod) Result {
	status := &pod.Status
	terminal := status.Phase == corev1.PodFailed || status.Phase == corev1.PodSucceeded
	state, ended := command(pod)

	var r Result
	if ended != nil {
		r = Result{Final: true, ExitCode: ptr.To(ended.ExitCode), Meaning: Meaning(ended.ExitCode), Output: ended.Message}
		switch ended.Reason {
		case startError:
			return Result{State: StateNotStarted, Final: true, Reason: ended.Reason, Message: ended.Message}
		case statusUnknown, unknown:
			r = Result{State: StateInterrupted, Final: true, Reason: ended.Reason, Message: ended.Message}
		}
	}
	stop, stopped := interruption(pod)
	switch {
	case r.State != "":
	case status.Reason == deadlineExceeded:
		r.State, r.Final, r.Reason, r.Message = StateDeadlineExceeded, true, status.Reason, status.Message
	case ended != nil && ended.ExitCode == 0 && status.Phase != corev1.PodFailed, status.Phase == corev1.PodSucceeded:
		r.State, r.Final = StateSucceeded, true
	case stopped && (ended == nil || !ended.FinishedAt.Time.Before(stop.since)):
		r.State, r.Reason, r.Message = StateInterrupted, stop.reason, stop.message
		r.Final = terminal || state.Running == nil
	case ended != nil:
		r.State = StateFailed
	case terminal:
		// The kubelet has rejected the pod, or an init container has failed.
		r = waiting(pod, state)
		r.Final = true
		r.Reason, r.Message = cmp.Or(status.Reason, r.Reason), cmp.Or(status.Message, r.Message)
	case state.Running != nil:
		r.State = StateRunning
		if c := condition(pod, corev1.PodReady); c != nil && c.Status == corev1.ConditionFalse && c.Reason == "" {
			// The kubelet gives a reason; the controller that watches the nodes doesn't:
			// https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/controller/util/node/controller_utils.go (MarkPodsNotReady)
			r = Result{State: StateInterrupted, Reason: "NodeNotReady", Message: "the node doesn't respond; the command may still be running"}
		}
	default:
		r = waiting(pod, state)
	}
	return r
}

// The reasons of the kubelet and of containerd that aren't constants of the API.
// Sources:
// https://github.com/containerd/containerd/blob/v2.3.4/internal/cri/server/helpers.go#L46-L59 and #L250-L253
// https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/kubelet/container/runtime.go#L308
// https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/kubelet/active_deadline.go#L30-L31
const (
	startError       = "StartError"
	unknown          = "Unknown"
	statusUnknown    = "ContainerStatusUnknown"
	deadlineExceeded = "DeadlineExceeded"
)

// command returns the state of the container with the command, and how it exited; nil
// if it hasn't.
func command(pod *corev1.Pod) (corev1.ContainerState, *corev1.ContainerStateTerminated) {
	name := ContainerName
	if list := pod.Spec.Containers; len(list) > 0 && !slices.ContainsFunc(list, func(c corev1.Container) bool { return c.Name == name }) {
		name = list[0].Name
	}
	for _, c := range pod.Status.ContainerStatuses {
		if c.Name != name {
			continue
		}
		if c.State.Terminated == nil && c.State.Running == nil {
			return c.State, c.LastTerminationState.Terminated
		}
		return c.State, c.State.Terminated
	}
	return corev1.ContainerState{}, nil
}

// stop is the reason why a pod was stopped, and the earliest time.
type stop struct {
	reason, message string
	since           time.Time
}

// interruption returns what has stopped or will stop the pod from outside.
func interruption(pod *corev1.Pod) (stop, bool) {
	if c := condition(pod, corev1.DisruptionTarget); c != nil && c.Status == corev1.ConditionTrue {
		return stop{cmp.Or(pod.Status.Reason, c.Reason), cmp.Or(pod.Status.Message, c.Message), c.LastTransitionTime.Time}, true
	}
	if t := pod.DeletionTimestamp; t != nil {
		s := stop{"Deleted", "the pod was deleted", t.Time}
		if grace := pod.DeletionGracePeriodSeconds; grace != nil {
			s.since = t.Add(-time.Duration(*grace) * time.Second)
		}
		return s, true
	}
	return stop{}, false
}

func condition(pod *corev1.Pod, name corev1.PodConditionType) *corev1.PodCondition {
	for i := range pod.Status.Conditions {
		if pod.Status.Conditions[i].Type == name {
			return &pod.Status.Conditions[i]
		}
	}
	return nil
}

// waiting returns what a pod is waiting for if its command hasn't started.
func waiting(pod *corev1.Pod, state corev1.ContainerState) Result {
	if pod.Spec.NodeName == "" {
		r := Result{State: StateNotScheduled}
		if c := condition(pod, corev1.PodScheduled); c != nil && c.Status != corev1.ConditionTrue {
			r.Reason, r.Message = c.Reason, c.Message
		}
		return r
	}
	r := Result{State: StateNotStarted}
	for _, c := range pod.Status.InitContainerStatuses {
		if t := c.State.Terminated; t != nil && t.ExitCode != 0 {
			r.Reason, r.Message = "init container "+c.Name, t.Message
			if t.Reason != startError {
				r.Message = strings.TrimSuffix("exit code "+hex(t.ExitCode)+": "+t.Message, ": ")
			}
			return r
		}
		if w := c.State.Waiting; w != nil && w.Message != "" {
			r.Reason, r.Message = w.Reason, w.Message
			return r
		}
	}
	if state.Waiting != nil {
		r.Reason, r.Message = state.Waiting.Reason, state.Waiting.Message
	}
	return r
}

// newestOf returns the newest of the pods of a Job; nil if there is none.
func newestOf(job *batchv1.Job, pods []corev1.Pod) *corev1.Pod {
	var newest *corev1.Pod
	for i := range pods {
		pod := &pods[i]
		if metav1.IsControlledBy(pod, job) && (newest == nil || newest.CreationTimestamp.Before(&pod.CreationTimestamp)) {
			newest = pod
		}
	}
	return newest
}

// warningsOf returns the warnings about an object, the latest first.
func warningsOf(object types.UID, events []corev1.Event) []corev1.Event {
	var warnings []corev1.Event
	for _, e := range events {
		if e.Type == corev1.EventTypeWarning && e.InvolvedObject.UID == object {
			warnings = append(warnings, e)
		}
	}
	slices.SortStableFunc(warnings, func(a, b corev1.Event) int { return when(b).Compare(when(a)) })
	return warnings
}

// when returns the latest time of an event. Which field has it depends on the component
// that wrote the event.
func when(e corev1.Event) time.Time {
	last := e.LastTimestamp.Time
	if e.EventTime.After(last) {
		last = e.EventTime.Time
	}
	if e.Series != nil && e.Series.LastObservedTime.After(last) {
		last = e.Series.LastObservedTime.Time
	}
	return last
}

// causes returns the causes in several texts, each cause once.
func causes(texts []string) []explain.Cause {
	var all []explain.Cause
	known := map[string]bool{}
	for _, text := range texts {
		for _, c := range explain.Explain(text) {
			if !known[c.Cause] {
				known[c.Cause] = true
				all = append(all, c)
			}
		}
	}
	return all
}
