// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

// Package probes finds out on a real node whether what the library says is true. Nothing
// in this module has ever run on Windows: what it knows is read from source and
// documents, and what no source settles is marked UNVERIFIED. A [Probe] is one of those
// claims, made of a few pods to run and a judgement of what they answered.
//
//	for _, probe := range probes.All() {
//		pods, err := probe.Pods(node)
//		if err != nil {
//			log.Fatal(err)
//		}
//		var answers []probes.Answer
//		for _, pod := range pods {
//			answer, _ := probes.Read(run(pod))
//			answers = append(answers, answer)
//		}
//
// The prediction comes from the same functions that users of the library call, so a
// verdict is about the library, not about the probe. A pod that the node refuses to start
// is an answer too: that is what several claims say.
//
// # Running a probe
//
// The pods of a probe belong on the node one at a time: make the first, wait until [Read]
// reports that it is final, delete it, wait until it is gone, and make the next. Some
// probes look at what a pod leaves behind, so the next one must not start earlier; and the
// last one takes it away, so run it also if one before it has failed. Nothing
// else has to be created, and nothing but the node's own programs runs: the image holds
// no files. Each pod has one container, named as [task.ContainerName] says, that runs as
// it would in any other pod. It is the control: if it doesn't run, the probe says nothing
// about its claim, and the verdict is [StatusUnclear]. Each pod has a deadline of its own,
// at which the kubelet stops it: a few minutes, and a quarter of an hour where the probe
// waits for the kubelet.
//
// Scripts answer with one line of JSON, and with an exit code that isn't 0: so the answer
// is in the status of the container, whether or not its account may write the termination
// message. The kubelet cuts the answers of a pod to 12 KiB for all of its containers
// together, which bounds how many a pod can have.
//
// # What a verdict can't say
//
// It is about one node. The library derives how a node mounts from the versions that it
// reports; where a distribution ships another shim than its containerd's, the first probe,
// container-root, shows it, and the others are then judged by a wrong prediction. What the
// command lines go through is tested as a whole: the kubelet, the shim and cmd. Where
// arguments arrive differently, the raw line in the answer shows which of them did it. How
// a program splits its line is taken from the model; that of PowerShell is compared as
// text.
//
// Sources:
// https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/kubelet/status/status_manager.go (normalizeStatus)
// https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/kubelet/kuberuntime/kuberuntime_container.go (getTerminationMessage)
//
// The package needs no client, and keeps no state.
package probes
