// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

// Package probes verifies the library's claims on a Windows node. This module has never
// run on Windows: its claims come from source code and documentation, and those that no
// source confirms are marked UNVERIFIED. A [Probe] tests one claim. It consists of a few
// pods to run and a function that judges their answers.
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
// Predictions come from the functions that users of the library call, so a verdict is
// about the library and not about the probe. A pod that the node refuses to start is also
// an answer, because several claims predict it.
//
// # Running a probe
//
// Run the pods of a probe one at a time: create the first, wait until [Read] reports that
// it is final, delete it, wait until it is gone, and create the next. Some probes check
// what a pod leaves behind, so don't start the next pod earlier. The last pod cleans up,
// so run it even if an earlier one failed. The pods need no other objects and run only
// programs of the node, because the image contains no files. Each pod has a control, a
// container named [task.ContainerName] without special settings. If the control doesn't
// run, the verdict is [StatusUnclear]. The kubelet stops each pod at its deadline: after a
// few minutes, or after 15 minutes if the probe waits for the kubelet.
//
// Scripts answer with one line of JSON and a non-zero exit code, so that the answer is in
// the status of the container even if its account can't write the termination message. The
// kubelet truncates the answers of a pod to 12 KiB for all its containers, which limits
// the number of containers.
//
// # Limitations
//
// A verdict is about one node. The library derives from the reported versions how a node
// mounts volumes. If a distribution ships a shim from another containerd release, the first
// probe, container-root, shows it, and the predictions of the other probes are wrong.
// Command lines are tested end to end, through the kubelet, the shim and cmd; if arguments
// arrive changed, the raw line in the answer shows which of them changed it. The model
// determines how programs split their command line; PowerShell's is compared as text.
//
// Sources:
// https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/kubelet/status/status_manager.go (normalizeStatus)
// https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/kubelet/kuberuntime/kuberuntime_container.go (getTerminationMessage)
//
// The package needs no client and keeps no state.
package probes
