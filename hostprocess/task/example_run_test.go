// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package task_test

import (
	"context"
	"errors"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/hostprocess-go/sdk/accounts"
	"github.com/hostprocess-go/sdk/hostprocess/task"
)

// client is the client of the program: client-go's or controller-runtime's.
type client interface {
	// Create returns the pod as it was stored.
	Create(ctx context.Context, pod *corev1.Pod) (*corev1.Pod, error)
	// Next waits until the pod or its events have changed. The pod is nil if it is gone.
	Next(ctx context.Context, pod *corev1.Pod) (*corev1.Pod, []corev1.Event, error)
	Delete(ctx context.Context, pod *corev1.Pod) error
}

// runOnNode runs a script on a node, waits for its end, cleans up, and returns what the
// script has written.
func runOnNode(ctx context.Context, c client, node, script string) (output string, err error) {
	pod, err := task.New(node, accounts.LocalSystem, task.PowerShell(script)).
		Pod(metav1.ObjectMeta{GenerateName: "run-", Namespace: "operations"})
	if err != nil {
		return "", err
	}
	created, err := c.Create(ctx, pod)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, c.Delete(context.WithoutCancel(ctx), created)) }()
	var result task.Result
	for !result.Final {
		current, events, err := c.Next(ctx, created)
		if err != nil {
			return "", fmt.Errorf("%w; so far: %v", err, result)
		}
		result = task.Outcome(current, events...)
	}
	if result.State != task.StateSucceeded {
		return result.Output, errors.New(result.String())
	}
	return result.Output, nil
}

func Example() {
	fmt.Println(runOnNode(context.Background(), &cluster{}, "win-3", `(Get-Service containerd).Status`))
	fmt.Println(runOnNode(context.Background(), &cluster{exitCode: 1}, "win-3", `throw "no such service"`))
	// Output:
	// Running <nil>
	// no such service Failed with exit code 1: the program failed, PowerShell stopped at an error, cmd didn't find the program, or the runtime killed it
}

// cluster is a fake in which every task ends at once, with exitCode.
type cluster struct{ exitCode int32 }

func (c *cluster) Create(_ context.Context, pod *corev1.Pod) (*corev1.Pod, error) {
	return pod, nil
}

func (c *cluster) Next(_ context.Context, pod *corev1.Pod) (*corev1.Pod, []corev1.Event, error) {
	end := &corev1.ContainerStateTerminated{ExitCode: c.exitCode, Message: "Running"}
	if c.exitCode != 0 {
		end.Message = "no such service"
	}
	pod.Spec.NodeName = "win-3"
	pod.Status.ContainerStatuses = []corev1.ContainerStatus{{Name: task.ContainerName, State: corev1.ContainerState{Terminated: end}}}
	return pod, nil, nil
}

func (c *cluster) Delete(context.Context, *corev1.Pod) error { return nil }
