// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package main

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/utils/ptr"

	"github.com/hostprocess-go/sdk/examples/internal/manifest"
	"github.com/hostprocess-go/sdk/validate"
)

// namespace is what is known of a namespace so far. Its manifest and those of the pods
// in it come in any order, from any file.
type namespace struct {
	object manifest.Object
	// found is what Pod Security admission has against HostProcess pods there.
	found []namespaceFinding
	// pods says whose the first HostProcess pods in the namespace are, or "".
	pods string
}

// namespaceFinding is a finding with its line, which can be looked up only while the
// object is visited.
type namespaceFinding struct {
	validate.Finding
	line    int
	ignored bool
}

// anyHostProcess is a HostProcess pod. What a namespace does with one, it does with all.
var anyHostProcess = &corev1.PodSpec{SecurityContext: &corev1.PodSecurityContext{
	WindowsOptions: &corev1.WindowsSecurityContextOptions{HostProcess: ptr.To(true)},
}}

// inNamespace notes a Namespace, or a workload in one, and reports what the namespace
// does with HostProcess pods as soon as both are known.
func (l *linter) inNamespace(o manifest.Object) {
	if ns, ok := o.Object.(*corev1.Namespace); ok {
		if found := l.namespaceFindings(o, ns); len(found) > 0 {
			n := l.namespace(ns.Name)
			n.object, n.found = o, found
			l.reportNamespace(n)
		}
		return
	}
	spec, err := validate.PodSpecOf(o.Object)
	if err != nil || o.Namespace == "" || !validate.IsHostProcess(spec) {
		return
	}
	n := l.namespace(o.Namespace)
	switch {
	case n.pods != "":
		return // was reported
	case o.Kind == "Pod":
		n.pods = "Pod " + o.Name
	default:
		n.pods = "those of " + o.Kind + " " + o.Name
	}
	l.reportNamespace(n)
}

func (l *linter) namespace(name string) *namespace {
	if l.namespaces == nil {
		l.namespaces = map[string]*namespace{}
	}
	if l.namespaces[name] == nil {
		l.namespaces[name] = &namespace{}
	}
	return l.namespaces[name]
}

func (l *linter) namespaceFindings(o manifest.Object, ns *corev1.Namespace) []namespaceFinding {
	var found []namespaceFinding
	kept, ignored, _ := validate.Ignore(l.validator.Namespace(ns, anyHostProcess), ns.Annotations)
	for _, f := range kept {
		found = append(found, namespaceFinding{f, o.LineOf(f.Field), false})
	}
	for _, f := range ignored {
		found = append(found, namespaceFinding{f, o.LineOf(f.Field), true})
	}
	return found
}

func (l *linter) reportNamespace(n *namespace) {
	if n.pods == "" {
		return
	}
	for _, f := range n.found {
		f.Message += ", such as " + n.pods
		l.report(n.object, f.line, f.ignored, nil, f.Finding)
	}
	n.found = nil
}
