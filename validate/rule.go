// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/hostprocess-go/sdk/internal/quote"
)

// RuleID names a rule: a few lower-case words joined by hyphens. An id is never
// renamed and never given to another rule. The zero RuleID is no rule's.
type RuleID string

// Outcome is what happens to a pod that breaks a rule. The zero Outcome is
// OutcomeRejected.
type Outcome uint8

const (
	// OutcomeRejected: the API server rejects the object.
	OutcomeRejected Outcome = iota
	// OutcomeFails: the API server accepts it, and the kubelet, containerd or
	// hcsshim fails to start it.
	OutcomeFails
	// OutcomeDiffers: it starts, and something is ignored, changed or not where
	// it was expected to be.
	OutcomeDiffers
	// OutcomeAdvice: it works; something else would be better.
	OutcomeAdvice
)

var outcomeNames = [...]string{"rejected", "fails", "differs", "advice"}

// String returns "rejected", "fails", "differs" or "advice".
func (o Outcome) String() string {
	if int(o) < len(outcomeNames) {
		return outcomeNames[o]
	}
	return fmt.Sprintf("outcome(%d)", uint8(o))
}

// MarshalText writes the outcome as String does.
func (o Outcome) MarshalText() ([]byte, error) { return []byte(o.String()), nil }

// UnmarshalText reads what MarshalText wrote; any other text is an error.
func (o *Outcome) UnmarshalText(text []byte) error {
	i := slices.Index(outcomeNames[:], string(text))
	if i < 0 {
		return fmt.Errorf("outcome %s: write rejected, fails, differs or advice", quote.Text(string(text)))
	}
	*o = Outcome(i)
	return nil
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
	// Outcome is what happens to a pod that breaks the rule; the severity of its
	// findings follows from it.
	Outcome Outcome
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

// Severity returns the severity of every finding of the rule: Error where the pod
// is rejected or fails to start, Warning where it differs from what was asked
// for, Info for advice. Unverified turns Error into Warning.
func (r Rule) Severity() Severity {
	switch {
	case r.Outcome == OutcomeAdvice:
		return SeverityInfo
	case r.Outcome == OutcomeDiffers, r.Unverified:
		return SeverityWarning
	}
	return SeverityError
}

// rule is a row of the catalogue: the description, the nodes it is about, and
// the check, whose type says what part of the pod it looks at.
type rule[check any] struct {
	Rule
	// when are the nodes that the rule is about; zero for all.
	when nodeSet
	// about is what a subject must have, any of it, for the check to be worth
	// trying; zero to try it always. The check must be right without it.
	about traits
	check check
}

// What a check can look at. It returns nil where all is well, and otherwise
// problems whose fields start at what it looked at.
type (
	workloadCheck  func(pod, workload) []problem
	metadataCheck  func(pod, *metav1.ObjectMeta) []problem
	podCheck       func(pod) []problem
	optionsCheck   func(pod, options) []problem
	volumeCheck    func(pod, *corev1.Volume) []problem
	containerCheck func(pod, container) []problem
	mountCheck     func(pod, container, mount) []problem
	conflictCheck  func(pod, container, conflict) []problem
	envCheck       func(pod, container, *corev1.EnvVar) []problem
	commandCheck   func(pod, container, command) []problem
	namespaceCheck func(*corev1.Namespace) []problem
	nodeCheck      func(pod, *corev1.Node) []problem
)

// problem is a finding before the engine has added where and by which rule.
type problem struct {
	// container is the one that the problem is in, for a check that looks at the
	// whole pod.
	container container
	// list and index are the element that the problem is in, for a check that looks
	// at a whole list: "env" and 2.
	list  string
	index int
	// field is relative to that, or to what the check looked at; empty for it
	// itself.
	field string
	// noIndex leaves the index of the element out of the field, as the API server
	// does for a few fields.
	noIndex bool
	message string
	// fix replaces the rule's, where a more exact one is known.
	fix string
	// when replaces the rule's, where the problem holds for fewer nodes.
	when nodeSet
	// cause is what the error points to that the finding unwraps to, or nil.
	cause any
}

// Rules returns the catalogue, sorted by id.
func Rules() []Rule {
	all := slices.Concat(
		describe(workloadRules),
		describe(metadataRules),
		describe(podRules),
		describe(optionsRules),
		describe(volumeRules),
		describe(containerRules),
		describe(mountRules),
		describe(conflictRules),
		describe(envRules),
		describe(commandRules),
		describe(namespaceRules),
		describe(nodeRules),
	)
	slices.SortFunc(all, func(a, b Rule) int { return strings.Compare(string(a.ID), string(b.ID)) })
	return all
}

// describe returns what the rules of one list say of themselves.
func describe[check any](rules []*rule[check]) []Rule {
	all := make([]Rule, len(rules))
	for i, r := range rules {
		all[i] = r.Rule
		all[i].Sources = slices.Clone(r.Sources)
		all[i].Targets = r.when.String()
	}
	return all
}
