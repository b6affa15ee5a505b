// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

// Package task runs one command on one Windows node, and tells what became of it:
//
//	restart := task.New("win-3", accounts.LocalSystem, task.PowerShell(`Restart-Service kubeproxy`))
//	job, err := restart.Job(metav1.ObjectMeta{Name: "restart-kubeproxy", Namespace: "operations"})
//	if err != nil {
//		log.Fatal(err)
//	}
//	result := task.JobOutcome(job, pods.Items, events.Items...)
//
// Between the two, your program creates the Job, and gets it again with its pods and
// events, each time that they have changed, until the result is final. The package
// itself needs no client. [Task.Pod] and [Outcome] do the same without a Job.
//
// # What the pod is like
//
// It runs as the account that you choose, has no token of a service account, and needs no
// image but the base image, because PowerShell and cmd are the node's. It is never
// restarted. Its deadline, 10 minutes by default, is that of the pod: when the kubelet
// stops the command, the pod and its output stay, while a Job deletes its pods at a
// deadline of its own. The Job has one too, five minutes later, for a pod that doesn't
// get to a node or whose node is gone, and it goes an hour after its end.
//
// The pod is for exactly one node by an affinity to the node's name, and tolerates every
// taint. It is not bound to the node by spec.nodeName, which bypasses the scheduler: a
// name without a node would leave a pod that nobody says anything about until it is
// collected as garbage, and a node without room would fail it. The scheduler says what is
// wrong, and waits; [Outcome] passes that on. Cordoned nodes and nodes that aren't ready
// are taken, because their taints are tolerated; a pod on a node that doesn't answer is
// never evicted, and the result says so. If the scheduler is what you have to repair, set
// spec.nodeName:
//
//	restart = restart.With(func(p hostprocess.Pod) hostprocess.Pod { return p.WithNodeName("win-3") })
//
// # The output
//
// [PowerShell] puts the end of what a script writes into the termination message, so that
// it can be read from the pod's status: no logs, no race with what containerd 1.6 and 1.7
// lose of them when a container ends. Write results as a few lines of text or JSON.
// Longer output is in the logs, which are complete for the same reason.
//
// Other commands run as they are. When they fail, the end of their logs is the
// termination message, and up to containerd 1.7 the last lines of a short run can be
// missing from both.
//
// # What it replaces
//
// Those who need this have written it by themselves. The tests of OpenShift's Windows
// Machine Config Operator have runHostProcessPS: it marshals overrides for oc run, always
// as SYSTEM, for a node with one known taint, passes the command on as it is, so that cmd
// reads it first, asks for the phase every five seconds, and takes the output from the
// logs. A pod that can't be scheduled or whose image can't be pulled is a timeout, and every
// failure is the same error. The Example of this package does the same with what is
// missing there.
//
//	runHostProcessPS                                  this package
//	name, overrides, JSON, oc run (60 lines)          task.New(…).Pod(…)
//	poll, describe, get the phase and the logs,       task.Outcome(pod, events…)
//	  compare (45 lines)
//
// Source: https://github.com/openshift/windows-machine-config-operator/blob/0be4b9ccb94d8450f918724a93fb4c7d89d6eefe/ote/test/e2e/utils.go#L457-L585
package task
