// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/hostprocess-go/sdk/examples/internal/manifest"
	"github.com/hostprocess-go/sdk/validate"
	"github.com/hostprocess-go/sdk/validate/survey"
	"github.com/hostprocess-go/sdk/volumes"
)

// cluster is what is known of the nodes.
type cluster struct {
	survey   survey.Survey
	machines map[string]*machine // by the node's name
	kinds    map[kind]*machine
}

// machine is what nodes are that are alike.
type machine struct {
	targets []validate.Target
	// node says nothing but what it runs.
	node corev1.Node
}

// readCluster reads the nodes of a file.
func readCluster(file string, stdin io.Reader) (*cluster, error) {
	c := &cluster{machines: map[string]*machine{}, kinds: map[kind]*machine{}}
	var problem error
	reader := manifest.NewReader(func(o manifest.Object) {
		if node, ok := o.Object.(*corev1.Node); ok {
			c.survey.Add(node)
			c.machines[node.Name] = c.machine(node)
		} else if o.Err != nil && problem == nil {
			problem = fmt.Errorf("%s:%d: %w", o.File, o.Line, o.Err)
		}
	})
	if err := errors.Join(reader.Path(file, stdin)...); err != nil {
		return nil, err
	}
	if problem == nil && len(c.machines) == 0 {
		problem = fmt.Errorf("%s has no nodes: write what kubectl get nodes -o json prints", file)
	}
	return c, problem
}

// kind is what machines differ in.
type kind struct {
	os, runtime string
	mode        volumes.Mode
}

// machine is the same for all nodes that are alike, so that a cluster of many
// nodes takes little more memory than their names.
func (c *cluster) machine(node *corev1.Node) *machine {
	read, _ := survey.Read(node)
	info := node.Status.NodeInfo
	k := kind{cmp.Or(info.OperatingSystem, node.Labels[corev1.LabelOSStable]), info.ContainerRuntimeVersion, read.Mode}
	m := c.kinds[k]
	if m == nil {
		m = &machine{targets: read.Targets()}
		m.node.Status.NodeInfo.OperatingSystem = k.os
		m.node.Status.NodeInfo.ContainerRuntimeVersion = k.runtime
		c.kinds[k] = m
	}
	return m
}

// judge judges an object for the nodes that it runs on.
func (l *linter) judge(object runtime.Object) (validate.Findings, error) {
	spec, err := validate.PodSpecOf(object)
	if err != nil || l.cluster == nil || !validate.IsHostProcess(spec) {
		return l.validator.Object(object)
	}
	v := l.validator
	v.Targets = l.cluster.survey.Targets(spec)
	var misplaced validate.Findings
	if pod, ok := object.(*corev1.Pod); ok && spec.NodeName != "" {
		m := l.cluster.machines[spec.NodeName]
		if m == nil {
			l.elsewhere++
		} else {
			v.Targets, misplaced = m.targets, m.refuses(pod)
		}
	}
	findings, err := v.Object(object)
	return append(misplaced, findings...), err
}

// refuses says why a machine can't run a pod that is there. The rules about
// labels and taints have nothing to say: the pod is already there.
func (m *machine) refuses(pod *corev1.Pod) validate.Findings {
	var found validate.Findings
	for _, f := range (validate.Validator{}).Node(&m.node, &pod.Spec) {
		if f.Rule == "node-os" || f.Rule == "node-runtime" {
			f.Message = fmt.Sprintf("is %q, whose %s %s", pod.Spec.NodeName, f.Field, f.Message)
			f.Field = "spec.nodeName"
			found = append(found, f)
		}
	}
	return found
}
