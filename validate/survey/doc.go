// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

// Package survey says what the Windows nodes of a cluster can do for HostProcess
// pods, and whether one DaemonSet can serve them all.
//
// Nodes differ: containerd 1.6 beside 1.7 and 2.x, Windows Server 2019 beside
// 2022. Read tells what one node says of itself. A Survey takes any number of
// nodes, one at a time, and keeps what differs:
//
//	var s survey.Survey
//	for _, node := range nodes {
//		s.Add(node)
//	}
//	for _, part := range s.Split(survey.CapabilityLocalGroups) {
//		fmt.Println(part.Nodes, part.Can, part.Selector)
//	}
//
// Before an upgrade, Survey.TargetsAfter tells what to judge a pod for when the nodes
// have it, and validate.Diff what that changes. Survey.Unsupported lists the releases
// on them that their projects no longer support.
//
// The memory of a Survey doesn't grow with the number of nodes, so the nodes may
// come from a stream as well as from a lister's slice.
//
// What a node doesn't say is unknown here, and stays so: nothing is guessed. It is
// the software of nodes that is surveyed. Whether a node is ready, cordoned or
// tainted, and which processor it has, is not looked at; validate.Validator.Node
// judges a pod for one node with all of that.
package survey
