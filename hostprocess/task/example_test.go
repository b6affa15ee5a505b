// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package task_test

import (
	"fmt"
	"log"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/hostprocess-go/sdk/accounts"
	"github.com/hostprocess-go/sdk/hostprocess"
	"github.com/hostprocess-go/sdk/hostprocess/task"
)

// A Job that asks one node something, with less than SYSTEM.
func ExampleNew() {
	job, err := task.New("win-3", accounts.LocalService, task.PowerShell(`Get-Service containerd | ConvertTo-Json`)).
		Job(metav1.ObjectMeta{Name: "ask-win-3", Namespace: "operations"})
	if err != nil {
		log.Fatal(err)
	}
	pod := job.Spec.Template.Spec
	fmt.Println(pod.Affinity.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution.NodeSelectorTerms[0].MatchFields)
	fmt.Println(*pod.SecurityContext.WindowsOptions.RunAsUserName)
	fmt.Println(pod.RestartPolicy, *pod.ActiveDeadlineSeconds, *job.Spec.ActiveDeadlineSeconds, *job.Spec.BackoffLimit, *job.Spec.TTLSecondsAfterFinished)
	// Output:
	// [{metadata.name In [win-3]}]
	// NT AUTHORITY\Local Service
	// Never 600 900 0 3600
}

// A program of the node instead of a script. Its output is in the logs, and the end of
// it in the termination message if it fails.
func ExampleNew_program() {
	pod, err := task.New("win-3", accounts.LocalSystem, hostprocess.HostProgram(`C:\k\collect-logs.exe`, "-out", `C:\k\logs 1`)).
		Pod(metav1.ObjectMeta{Name: "collect-logs", Namespace: "operations"})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(strings.Join(pod.Spec.Containers[0].Command, " | "))
	// Output:
	// C:\k\collect-logs.exe | -out | C:\k\logs 1
}

// The Job and its pods and events come from the cluster, each time that they have
// changed. Here there is no pod yet.
func ExampleJobOutcome() {
	var pods corev1.PodList
	var events corev1.EventList

	restart := task.New("win-3", accounts.LocalSystem, task.PowerShell(`Restart-Service kubeproxy`))
	job, err := restart.Job(metav1.ObjectMeta{Name: "restart-kubeproxy", Namespace: "operations"})
	if err != nil {
		log.Fatal(err)
	}
	result := task.JobOutcome(job, pods.Items, events.Items...)

	fmt.Println(result.State, result.Final)
	// Output:
	// NotScheduled false
}

// The status of a pod that has failed, and that of one that never started.
func ExampleOutcome() {
	failed := &corev1.Pod{Status: corev1.PodStatus{
		Phase: corev1.PodFailed,
		ContainerStatuses: []corev1.ContainerStatus{{Name: task.ContainerName, State: corev1.ContainerState{
			Terminated: &corev1.ContainerStateTerminated{ExitCode: -1073741515, Reason: "Error"},
		}}},
	}}
	fmt.Println(task.Outcome(failed))

	waits := &corev1.Pod{Status: corev1.PodStatus{
		Phase: corev1.PodPending,
		Conditions: []corev1.PodCondition{{
			Type: corev1.PodScheduled, Status: corev1.ConditionFalse, Reason: corev1.PodReasonUnschedulable,
			Message: "0/3 nodes are available: 3 node(s) didn't satisfy plugin(s) [NodeAffinity].",
		}},
	}}
	result := task.Outcome(waits)
	fmt.Println(result.State, result.Final, result.Message)
	// Output:
	// Failed with exit code 0xC0000135 (-1073741515): a DLL that the program needs was not found (STATUS_DLL_NOT_FOUND)
	// NotScheduled false 0/3 nodes are available: 3 node(s) didn't satisfy plugin(s) [NodeAffinity].
}
