// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

// Package probes finds out on a real node whether what the library says is true. Nothing
// in this module has ever run on Windows: what it knows is read from source and
// documents, and what no source settles is marked UNVERIFIED. A [Probe] is one of those
// claims, made of a few pods to run and a judgement of what they answered.
//
//	node, err := probes.NewNode(object)
//	for _, probe := range probes.All() {
//		pods, err := probe.Pods(node)
//		// run them one after the other, and [Read] each when it has ended
//		verdict := probe.Judge(node, answers)
//	}
//
// The prediction comes from the same functions that users of the library call, so a
// verdict is about the library, not about the probe. A pod that the node refuses to start
// is an answer too: that is what several claims say.
//
// # Running a probe
//
// The pods of a probe belong on the node one at a time: make the first, wait until [Read]
// reports that it is final, delete it, wait until it is gone, and make the next. Some
// probes look at what a pod leaves behind, so the next one must not start earlier. Nothing
// else has to be created, and nothing but the node's own programs runs: the image holds
// no files. Each pod has one container, named as [task.ContainerName] says, that runs as
// it would in any other pod. It is the control: if it doesn't run, the probe says nothing
// about its claim, and the verdict is [StatusUnclear].
//
// The package needs no client, and keeps no state.
package probes
