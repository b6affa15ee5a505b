// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package probes

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"

	"github.com/hostprocess-go/sdk/hostprocess/task"
)

func TestRead(t *testing.T) {
	start := metav1.NewTime(time.Date(2026, 11, 30, 6, 0, 0, 0, time.UTC))
	end := metav1.NewTime(start.Add(7 * time.Second))
	status := func(name string, state corev1.ContainerState) corev1.ContainerStatus {
		return corev1.ContainerStatus{Name: name, ContainerID: "containerd://" + id, State: state}
	}
	pod := &corev1.Pod{
		Spec: corev1.PodSpec{NodeName: "win-1", Containers: []corev1.Container{{Name: task.ContainerName}, {Name: "refused"}, {Name: "runs"}, {Name: "waits"}}},
		Status: corev1.PodStatus{
			Phase:                 corev1.PodRunning,
			InitContainerStatuses: []corev1.ContainerStatus{status("init", corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{Reason: "Completed"}})},
			ContainerStatuses: []corev1.ContainerStatus{
				status(task.ContainerName, corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{ExitCode: 3, Reason: "Error", Message: "{}", StartedAt: start, FinishedAt: end}}),
				status("refused", corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{ExitCode: 128, Reason: "StartError", Message: "failed to create containerd task"}}),
				status("runs", corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: start}}),
				status("unknown", corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{ExitCode: 137, Reason: "ContainerStatusUnknown", Message: "could not be located"}}),
				{Name: "waits", State: corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: "ImagePullBackOff", Message: "no such host"}}},
			},
		},
	}
	want := Answer{State: task.StateFailed, Containers: []Container{
		{Name: "init", ID: id, ExitCode: ptr.To[int32](0), Reason: "Completed"},
		{Name: task.ContainerName, ID: id, ExitCode: ptr.To[int32](3), Seconds: 7, Reason: "Error", Output: "{}"},
		{Name: "refused", ID: id, Reason: "StartError", Message: "failed to create containerd task"},
		{Name: "runs", ID: id, Running: true},
		{Name: "unknown", ID: id, Reason: "ContainerStatusUnknown", Message: "could not be located"},
		{Name: "waits", Reason: "ImagePullBackOff", Message: "no such host"},
	}}
	got, final := Read(pod)
	if diff := cmp.Diff(want, got); diff != "" || final {
		t.Errorf("final %t (-want +got):\n%s", final, diff)
	}
	for _, phase := range []corev1.PodPhase{corev1.PodSucceeded, corev1.PodFailed} {
		pod.Status.Phase = phase
		if _, final := Read(pod); !final {
			t.Errorf("a pod in the phase %s isn't final", phase)
		}
	}
	if got, final := Read(nil); !final || got.State != task.StateInterrupted || got.Containers != nil {
		t.Errorf("no pod: %+v, final %t", got, final)
	}
	if got, final := Read(&corev1.Pod{}); final || got.State != task.StateNotScheduled {
		t.Errorf("a pod without a node: %+v, final %t", got, final)
	}
}

// Texts of a node are truncated, so that a hostile node can't fill the memory or the file.
func TestReadHuge(t *testing.T) {
	huge := strings.Repeat("\xff€", 1<<20)
	pod := &corev1.Pod{Status: corev1.PodStatus{Reason: huge, Message: huge, ContainerStatuses: []corev1.ContainerStatus{
		{Name: huge, ContainerID: huge + "://" + huge, State: corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{Reason: huge, Message: huge}}},
		{Name: huge, State: corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: huge, Message: huge}}},
	}}}
	got, _ := Read(pod)
	texts := []string{got.Reason, got.Message}
	for _, c := range got.Containers {
		texts = append(texts, c.Name, c.ID, c.Reason, c.Message, c.Output, c.problem())
	}
	for _, text := range append(texts, got.problem()) {
		if len(text) > 3*longest {
			t.Errorf("a text of %d bytes", len(text))
		}
	}
}

func TestNewNode(t *testing.T) {
	for name, change := range map[string]func(*corev1.Node){
		"Linux":              func(n *corev1.Node) { n.Status.NodeInfo.OperatingSystem = "linux" },
		"no runtime":         func(n *corev1.Node) { n.Status.NodeInfo.ContainerRuntimeVersion = "" },
		"another runtime":    func(n *corev1.Node) { n.Status.NodeInfo.ContainerRuntimeVersion = "docker://20.10.9" },
		"an old containerd":  func(n *corev1.Node) { n.Status.NodeInfo.ContainerRuntimeVersion = "containerd://1.5.9" },
		"no build":           func(n *corev1.Node) { n.Status.NodeInfo.KernelVersion = "" },
		"2019, no revision":  func(n *corev1.Node) { n.Status.NodeInfo.KernelVersion = "10.0.17763" },
		"a build in between": func(n *corev1.Node) { n.Status.NodeInfo.KernelVersion = "10.0.18363.1" },
	} {
		node := objects()["bind2"]
		change(node)
		if n, err := NewNode(node); err == nil {
			t.Errorf("%s: %+v", name, n)
		}
	}
	if _, err := NewNode(nil); err == nil {
		t.Error("nil is a node")
	}
	for _, name := range []string{"", "A B", "a'; calc", strings.Repeat("a", 300)} {
		n := nodesOf("bind2")
		n.Name = name
		if pods, err := All()[0].Pods(n); err == nil {
			t.Errorf("%q is the name of a node: %d pods", name, len(pods))
		}
	}
	n := nodesOf("bind2")
	n.Image = "registry.example.com/empty:1"
	pods, err := All()[0].Pods(n)
	if err != nil || pods[0].Spec.Containers[0].Image != n.Image {
		t.Errorf("the image isn't used: %v", err)
	}
}

// Names are fit for what they are used for, and no two probes share one.
func TestNames(t *testing.T) {
	known := map[string]bool{}
	for _, p := range All() {
		if known[p.Name] || p.Name == "" || strings.Trim(p.Name, "abcdefghijklmnopqrstuvwxyz-") != "" || len(p.Name) > 40 {
			t.Errorf("%q is the name of another probe, or isn't fit for one", p.Name)
		}
		known[p.Name] = true
		if !strings.HasSuffix(p.Claim, ".") || strings.Contains(p.Claim, "\n") {
			t.Errorf("%s: the claim is no sentence: %s", p.Name, p.Claim)
		}
		for _, text := range []string{p.Needs, p.Changes} {
			if strings.HasSuffix(text, ".") || strings.Contains(text, "\n") {
				t.Errorf("%s: %s ends in a period", p.Name, text)
			}
		}
	}
}

// What the containers of a pod have to print fits into what the kubelet keeps of it: 12 KiB
// for all of them.
func TestOutputFits(t *testing.T) {
	const most = 12 << 10
	everywhere(t, func(t *testing.T, p Probe, _ kind, _ Node, answers []Answer) {
		for i, a := range answers {
			for _, c := range a.Containers {
				if each := most / len(a.Containers); len(c.Output) > each {
					t.Errorf("%s of pod %d prints %d bytes, and %d are kept", c.Name, i+1, len(c.Output), each)
				}
			}
		}
	})
}
