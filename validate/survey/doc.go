// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

// Package survey reports what the Windows nodes of a cluster support for HostProcess
// pods, and whether a single DaemonSet can serve them all:
//
//	var s survey.Survey
//	for _, node := range nodes {
//		s.Add(node)
//	}
//	for _, part := range s.Split(survey.CapabilityLocalGroups) {
//		fmt.Println(part.Nodes, part.Can, part.Selector)
//	}
//
// Nodes differ: containerd 1.6 runs beside 1.7 and 2.x, Windows Server 2019 beside 2022.
// Read returns what a single node reports about itself. A Survey takes any number of
// nodes, one at a time, and keeps the differences. Its memory doesn't grow with the number
// of nodes, so they can come from a stream as well as from a slice.
//
// Before an upgrade, Survey.TargetsAfter returns the validation targets for the upgraded
// nodes, and validate.Diff what changes for a pod. Survey.Unsupported lists the releases
// on the nodes that their projects no longer support.
//
// What a node doesn't report stays unknown; nothing is guessed. A survey covers the
// software of nodes, not their state: to check a pod against one node including its
// conditions, taints and architecture, use validate.Validator.Node.
package survey
