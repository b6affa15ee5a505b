// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package lint

import (
	"cmp"
	"fmt"

	corev1 "k8s.io/api/core/v1"

	"github.com/hostprocess-go/sdk/examples/kubectl-hostprocess/input"
	"github.com/hostprocess-go/sdk/validate"
	"github.com/hostprocess-go/sdk/validate/survey"
	"github.com/hostprocess-go/sdk/volumes"
)

// Cluster describes the nodes.
type Cluster struct {
	Survey survey.Survey
	nodes  map[string]*nodeClass // by name
	kinds  map[nodeKind]*nodeClass
}

// nodeClass describes nodes that are alike, so that a large cluster needs little more memory
// than its nodes' names.
type nodeClass struct {
	targets []validate.Target
	node    corev1.Node // only the fields that such nodes share
}

// nodeKind is the key of a class.
type nodeKind struct {
	os, runtime string
	mode        volumes.Mode
	kubelet     int
}

// Nodes returns the number of nodes.
func (c *Cluster) Nodes() int { return len(c.nodes) }

// Add adds a node.
func (c *Cluster) Add(node *corev1.Node) {
	if c.nodes == nil {
		c.nodes, c.kinds = map[string]*nodeClass{}, map[nodeKind]*nodeClass{}
	}
	c.Survey.Add(node)
	read, _ := survey.Read(node)
	info := node.Status.NodeInfo
	k := nodeKind{cmp.Or(info.OperatingSystem, node.Labels[corev1.LabelOSStable]), info.ContainerRuntimeVersion, read.Mode, read.KubeletMinor}
	class := c.kinds[k]
	if class == nil {
		class = &nodeClass{targets: read.Targets()}
		class.node.Status.NodeInfo.OperatingSystem = k.os
		class.node.Status.NodeInfo.ContainerRuntimeVersion = k.runtime
		c.kinds[k] = class
	}
	c.nodes[node.Name] = class
}

// Targets returns the nodes to check an object for: the node of a pod, or all nodes that may
// run it.
func (l *Linter) Targets(o input.Object) []validate.Target {
	spec := PodSpec(o)
	if l.Cluster == nil || !validate.IsHostProcess(spec) {
		return l.Validator.Targets
	}
	if _, ok := o.Object.(*corev1.Pod); ok && spec.NodeName != "" {
		if class := l.Cluster.nodes[spec.NodeName]; class != nil {
			return class.targets
		}
		l.Elsewhere++
	}
	return l.Cluster.Survey.Targets(spec)
}

// misplaced returns findings about a pod that its node can't run. It ignores rules about
// labels and taints, because the pod is already on the node.
func (c *Cluster) misplaced(pod *corev1.Pod) validate.Findings {
	class := c.nodes[pod.Spec.NodeName]
	if class == nil {
		return nil
	}
	var found validate.Findings
	for _, f := range (validate.Validator{}).Node(&class.node, &pod.Spec) {
		if f.Rule == "node-os" || f.Rule == "node-runtime" {
			f.Message = fmt.Sprintf("is %q, whose %s %s", pod.Spec.NodeName, f.Field, f.Message)
			f.Field = "spec.nodeName"
			found = append(found, f)
		}
	}
	return found
}
