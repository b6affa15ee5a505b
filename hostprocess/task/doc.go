// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

// Package task runs one command on one Windows node, and reports its result:
//
//	restart := task.New("win-3", accounts.LocalSystem, task.PowerShell(`Restart-Service kubeproxy`))
//	job, err := restart.Job(metav1.ObjectMeta{Name: "restart-kubeproxy", Namespace: "operations"})
//	if err != nil {
//		log.Fatal(err)
//	}
//	result := task.JobOutcome(job, pods.Items, events.Items...)
//
// Between the two calls, your program creates the Job, and reads it again with its pods
// and events, each time that they change, until the result is final. The package itself
// needs no client. [Task.Pod] and [Outcome] do the same without a Job.
//
// # The pod
//
// The pod runs as the account that you choose, without a service account token. It
// needs only the base image, because PowerShell and cmd are the node's. It is never
// restarted. Its deadline, 10 minutes by default, is set on the pod: when the kubelet
// stops the command, the pod and its output are kept, while a Job deletes its pods at
// its own deadline. The Job has a deadline too, five minutes later, for a pod that
// can't be scheduled or whose node is gone, and is deleted an hour after it has
// finished.
//
// The pod selects exactly one node, with an affinity to the node's name, and tolerates
// every taint. It doesn't use spec.nodeName, which bypasses the scheduler: a pod for a
// name without a node would stay without any message until it is garbage collected, and
// a node without room would fail it. The scheduler reports the problem and waits;
// [Outcome] passes its message on. The pod also runs on cordoned nodes and nodes that
// aren't ready, because it tolerates their taints; on a node that doesn't respond it is
// never evicted, and the result reports that. If you have to repair the scheduler
// itself, set spec.nodeName:
//
//	restart = restart.With(func(p hostprocess.Pod) hostprocess.Pod { return p.WithNodeName("win-3") })
//
// # The output
//
// [PowerShell] writes the end of a script's output to the termination message, where it
// can be read from the pod's status. So it doesn't depend on the logs, whose end
// containerd 1.6 and 1.7 can lose when a container exits. Write results as a few lines
// of text or JSON. Longer output is in the logs, which are complete for the same
// reason.
//
// Other commands run unchanged. When they fail, the termination message is the end of
// their logs, and up to containerd 1.7 both can lack the last lines of a short run.
//
// # What it replaces
//
// Projects that need this have written it themselves. The tests of OpenShift's Windows
// Machine Config Operator have runHostProcessPS: it marshals overrides for oc run,
// always runs as SYSTEM, on a node with one known taint, passes the command on
// unchanged, so that cmd reads it first, polls the phase every five seconds, and takes
// the output from the logs. A pod that can't be scheduled or whose image can't be
// pulled is a timeout, and every failure is the same error. The Example of this package
// does the same, and adds what is missing there.
//
//	runHostProcessPS                                  this package
//	name, overrides, JSON, oc run (60 lines)          task.New(…).Pod(…)
//	poll, describe, get the phase and the logs,       task.Outcome(pod, events…)
//	  compare (45 lines)
//
// Source: https://github.com/openshift/windows-machine-config-operator/blob/0be4b9ccb94d8450f918724a93fb4c7d89d6eefe/ote/test/e2e/utils.go#L457-L585
package task
