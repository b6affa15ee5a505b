// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/hostprocess-go/sdk/volumes"
)

// RuleID names a rule: a few lower-case words joined by hyphens. An id is never
// renamed and never given to another rule. The zero RuleID is no rule's.
type RuleID string

// Layer says who enforces a rule, and with that when a person hears of it. The
// zero Layer is APIServer.
type Layer uint8

const (
	// APIServer: the API server rejects the object.
	APIServer Layer = iota
	// Node: the API server accepts it, and the kubelet, containerd or hcsshim
	// fails to start it.
	Node
	// Silent: it starts, and something is ignored, changed or not where it was
	// expected to be.
	Silent
	// Advice: it works; something else would be better.
	Advice
)

// String returns "api-server", "node", "silent" or "advice".
func (l Layer) String() string {
	switch l {
	case APIServer:
		return "api-server"
	case Node:
		return "node"
	case Silent:
		return "silent"
	case Advice:
		return "advice"
	}
	return fmt.Sprintf("layer(%d)", uint8(l))
}

// MarshalText writes the layer as String does.
func (l Layer) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// UnmarshalText reads what MarshalText wrote; any other text is an error.
func (l *Layer) UnmarshalText(text []byte) error {
	for known := APIServer; known <= Advice; known++ {
		if string(text) == known.String() {
			*l = known
			return nil
		}
	}
	return fmt.Errorf("layer %q: write api-server, node, silent or advice", text)
}

// Rule describes one rule of the catalogue. It is a copy; changing it changes
// nothing. The zero Rule says nothing.
type Rule struct {
	// ID is the rule's name for ever.
	ID RuleID
	// Title is one line without a period.
	Title string
	// Doc says why the rule is there, what happens, and what to do. Paragraphs
	// are separated by empty lines.
	Doc string
	// Severity of every finding of the rule.
	Severity Severity
	// Layer is who enforces it.
	Layer Layer
	// Unverified marks a rule whose facts no source settles. Such a rule is
	// never an Error.
	Unverified bool
	// Targets says which nodes the rule is about, or nothing where it is about
	// all of them.
	Targets string
	// Since is the version of this module that brought the rule.
	Since string
	// Sources are links to what the rule rests on.
	Sources []string
	// Fix is what to do, as a verb phrase that can be followed literally. A
	// finding may hold a more exact one.
	Fix string
}

// rule is a row of the catalogue: the description, the nodes it is about, and
// the check, whose type says what part of the pod it looks at.
type rule[check any] struct {
	Rule
	// when is the behaviour of nodes that the rule is about; zero for all nodes.
	when  behaviour
	check check
}

// What a check can look at. It returns nil where all is well, and otherwise
// problems whose fields start at what it looked at.
type (
	workloadCheck  func(pod, workload) []problem
	metadataCheck  func(pod) []problem
	podCheck       func(pod) []problem
	volumeCheck    func(pod, *corev1.Volume) []problem
	optionsCheck   func(pod, options) []problem
	containerCheck func(pod, container) []problem
	memoryCheck    func(container, int64) []problem
	mountCheck     func(pod, container, mount) []problem
	conflictCheck  func(pod, container, volumes.Problem) []problem
	commandCheck   func(pod, container, command) []problem
	envCheck       func(pod, container, *corev1.EnvVar) []problem
	namespaceCheck func(*corev1.Namespace) []problem
	nodeCheck      func(pod, *corev1.Node) []problem
)

// problem is a finding before the engine has added where and by which rule.
type problem struct {
	// field is relative to what the check looked at; empty for that itself.
	field string
	// list leaves the index of the element out of the field, as the API server
	// does for a few fields.
	list    bool
	message string
	// fix replaces the rule's, where a more exact one is known.
	fix string
	// when replaces the rule's, where the problem holds for fewer nodes.
	when behaviour
}

// Rules returns the catalogue, sorted by id.
func Rules() []Rule {
	var all []Rule
	all = describe(all, workloadRules)
	all = describe(all, metadataRules)
	all = describe(all, podRules)
	all = describe(all, linuxRules)
	all = describe(all, nameRules)
	all = describe(all, selectionRules)
	all = describe(all, optionsRules)
	all = describe(all, gmsaRules)
	all = describe(all, accountRules)
	all = describe(all, volumeRules)
	all = describe(all, hostPathRules)
	all = describe(all, identityRules)
	all = describe(all, portRules)
	all = describe(all, handlerRules)
	all = describe(all, workingDirRules)
	all = describe(all, resourceRules)
	all = describe(all, memoryRules)
	all = describe(all, mountListRules)
	all = describe(all, conflictRules)
	all = describe(all, mountRules)
	all = describe(all, mountPathRules)
	all = describe(all, mountOptionRules)
	all = describe(all, commandRules)
	all = describe(all, envListRules)
	all = describe(all, envRules)
	all = describe(all, namespaceRules)
	all = describe(all, nodeRules)
	slices.SortFunc(all, func(a, b Rule) int { return strings.Compare(string(a.ID), string(b.ID)) })
	return all
}

// describe appends what the rules of one list say of themselves.
func describe[check any](all []Rule, rules []*rule[check]) []Rule {
	for _, r := range rules {
		description := r.Rule
		description.Sources = slices.Clone(r.Sources)
		description.Targets = r.when.String()
		all = append(all, description)
	}
	return all
}
