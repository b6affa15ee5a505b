// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package probes

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/utils/ptr"

	"github.com/hostprocess-go/sdk/hostprocess/task"
)

// Answer is the outcome of one pod of a probe. It can be stored as JSON and judged again.
// The zero Answer is that of no pod.
type Answer struct {
	// State is the outcome of the control. Reason and Message are Kubernetes' explanation
	// of it, or of why the whole pod didn't start.
	State   task.State `json:"state"`
	Reason  string     `json:"reason,omitempty"`
	Message string     `json:"message,omitempty"`
	// Containers are those of the pod, init containers first.
	Containers []Container `json:"containers,omitempty"`
}

// Container is the outcome of one container. The zero Container is a missing one.
type Container struct {
	Name string `json:"name"`
	// ID is the runtime's ID, without containerd://; empty if there is none yet.
	ID string `json:"id,omitempty"`
	// ExitCode is that of its process; nil if it never ran or hasn't ended.
	ExitCode *int32 `json:"exitCode,omitempty"`
	// Running reports whether it was still running when the pod was read.
	Running bool `json:"running,omitempty"`
	// Seconds is how long it ran.
	Seconds int64 `json:"seconds,omitempty"`
	// Reason is Kubernetes' reason why it ended or didn't start, and Message explains why
	// it didn't start.
	Reason  string `json:"reason,omitempty"`
	Message string `json:"message,omitempty"`
	// Output is its termination message, if it ended by itself.
	Output string `json:"output,omitempty"`
}

// Read returns the outcome of a pod of a probe, and reports whether it is final. Events are
// those of the pod, in any order. A nil pod is a deleted one, which is final. Texts are
// truncated, but not those of a regular answer.
func Read(pod *corev1.Pod, events ...corev1.Event) (answer Answer, final bool) {
	outcome := task.Outcome(pod, events...)
	answer = Answer{State: outcome.State, Reason: clip(outcome.Reason), Message: clip(outcome.Message)}
	if pod == nil {
		return answer, true
	}
	for _, list := range [...][]corev1.ContainerStatus{pod.Status.InitContainerStatuses, pod.Status.ContainerStatuses} {
		for i := range list {
			answer.Containers = append(answer.Containers, read(&list[i]))
		}
	}
	final = pod.Status.Phase == corev1.PodSucceeded || pod.Status.Phase == corev1.PodFailed ||
		outcome.Final && outcome.State == task.StateInterrupted
	return answer, final
}

// The reasons of a container whose process never ran, or whose end the runtime or the
// kubelet doesn't know. Its exit code is made up.
// Sources:
// https://github.com/containerd/containerd/blob/v2.3.4/internal/cri/server/helpers.go#L46-L59 and #L250-L253
// https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/kubelet/container/runtime.go#L308
const (
	startError    = "StartError"
	unknown       = "Unknown"
	statusUnknown = "ContainerStatusUnknown"
)

func read(status *corev1.ContainerStatus) Container {
	c := Container{Name: clip(status.Name)}
	if _, id, ok := strings.Cut(status.ContainerID, "://"); ok {
		c.ID = clip(id)
	}
	ended := status.State.Terminated
	if ended == nil && status.State.Running == nil {
		ended = status.LastTerminationState.Terminated
	}
	switch waiting := status.State.Waiting; {
	case ended != nil:
		c.Reason = clip(ended.Reason)
		switch ended.Reason {
		case startError, unknown, statusUnknown:
			c.Message = clip(ended.Message)
			return c
		}
		c.ExitCode, c.Output = ptr.To(ended.ExitCode), clip(ended.Message)
		if !ended.StartedAt.IsZero() && ended.FinishedAt.After(ended.StartedAt.Time) {
			c.Seconds = int64(ended.FinishedAt.Sub(ended.StartedAt.Time).Seconds())
		}
	case status.State.Running != nil:
		c.Running = true
	case waiting != nil:
		c.Reason, c.Message = clip(waiting.Reason), clip(waiting.Message)
	}
	return c
}

// container returns the container of that name.
func (a Answer) container(name string) Container {
	for _, c := range a.Containers {
		if c.Name == name {
			return c
		}
	}
	return Container{}
}

// problem describes the state of the whole pod.
func (a Answer) problem() string {
	return strings.Join(notEmpty(string(a.State), a.Reason, a.Message), ": ")
}

// answered reports whether a script ran to its end.
func (c Container) answered() bool { return c.ExitCode != nil && *c.ExitCode == exitAnswered }

// problem describes the outcome of a container.
func (c Container) problem() string {
	switch {
	case c.Name == "":
		return "the pod has no such container"
	case c.Running:
		return "it was still running"
	case c.ExitCode != nil:
		return strings.Join(notEmpty(fmt.Sprintf("it ended with exit code %d", *c.ExitCode), oneLine(c.Output)), ": ")
	}
	if c.Reason == unknown || c.Reason == statusUnknown {
		return strings.Join(notEmpty("it is unknown how it ended", oneLine(c.Message)), ": ")
	}
	return strings.Join(notEmpty("it didn't start", c.Reason, oneLine(c.Message)), ": ")
}

// decode decodes the last line of the output that is a JSON object, because a script's
// commands can also print lines.
func (c Container) decode(into any) error {
	lines := strings.Split(c.Output, "\n")
	for i := len(lines) - 1; i >= 0; i-- {
		line := strings.TrimSpace(lines[i])
		if !strings.HasPrefix(line, "{") {
			continue
		}
		if err := json.Unmarshal([]byte(line), into); err != nil {
			return fmt.Errorf("the answer can't be read: %w", err)
		}
		return nil
	}
	if c.ExitCode == nil {
		return errors.New(c.problem())
	}
	return errors.New("the output has no answer: " + c.problem())
}

// longest is the maximum length of a text. A termination message has at most 4096 bytes.
const longest = 8192

// clip truncates a text that is longer than any that a node sends.
func clip(text string) string {
	if len(text) > longest {
		text = text[:longest]
	}
	return strings.ToValidUTF8(text, "\uFFFD")
}

// oneLine returns the start of a text as one line.
func oneLine(text string) string {
	const most = 300
	text = strings.Join(strings.Fields(text), " ")
	if len(text) > most {
		text = strings.ToValidUTF8(text[:most], "") + "…"
	}
	return text
}
