// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/hostprocess-go/sdk/internal/quote"
)

// RuleID is the ID of a rule: a few lower-case words joined by hyphens. An ID is never
// renamed or reused. The zero RuleID is not the ID of a rule.
type RuleID string

// Outcome is what happens to a pod that breaks a rule. The zero Outcome is
// OutcomeRejected.
type Outcome uint8

const (
	// OutcomeRejected: the API server rejects the object.
	OutcomeRejected Outcome = iota
	// OutcomeFails: the API server accepts it, but the kubelet, containerd or hcsshim
	// fails to start it.
	OutcomeFails
	// OutcomeDiffers: it starts, but something is ignored, changed or in another place
	// than expected.
	OutcomeDiffers
	// OutcomeAdvice: it works, but could be better.
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

// MarshalText returns the text of String.
func (o Outcome) MarshalText() ([]byte, error) { return []byte(o.String()), nil }

// UnmarshalText parses the result of MarshalText; any other text is an error.
func (o *Outcome) UnmarshalText(text []byte) error {
	i := slices.Index(outcomeNames[:], string(text))
	if i < 0 {
		return fmt.Errorf("outcome %s: write rejected, fails, differs or advice", quote.Text(string(text)))
	}
	*o = Outcome(i)
	return nil
}

// Rule describes one rule of the catalogue. It is a copy, so changing it has no
// effect. The zero Rule is empty.
type Rule struct {
	// ID is the rule's name forever.
	ID RuleID
	// Title is one sentence without a period, about what is in the manifest.
	Title string
	// Doc explains what happens to a pod that breaks the rule, why, and what to do.
	// Paragraphs are separated by empty lines.
	Doc string
	// Outcome is what happens to a pod that breaks the rule; the severity of its
	// findings follows from it.
	Outcome Outcome
	// Unverified marks a rule whose facts no source settles. Such a rule never
	// reports an Error.
	Unverified bool
	// Nodes describes for people which nodes the rule is about; empty for all nodes.
	// AppliesTo answers that for one target.
	Nodes string
	// Since is the version of this module that added the rule.
	Since string
	// Sources are links to the documents and code that the rule is based on.
	Sources []string
	// Fix is what to do, as a verb phrase that can be followed literally. A
	// finding may have a more specific one.
	Fix string
}

// AppliesTo reports whether the rule is about nodes like the target. An unknown kubelet
// is assumed to have the newest minor. A rule that isn't in the catalogue is about all
// nodes.
func (r Rule) AppliesTo(t Target) bool {
	for _, row := range catalogue() {
		if rule, when := row.row(); rule.ID == r.ID {
			return when == 0 || when&t.nodes(NewestKubernetesMinor) != 0
		}
	}
	return true
}

// Severity returns the severity of all findings of the rule: Error if the pod is
// rejected or fails to start, Warning if it works differently, Info for advice.
// Unverified turns Error into Warning.
func (r Rule) Severity() Severity {
	switch {
	case r.Outcome == OutcomeAdvice:
		return SeverityInfo
	case r.Outcome == OutcomeDiffers, r.Unverified:
		return SeverityWarning
	}
	return SeverityError
}

// rule is a row of the catalogue: the description, the nodes it is about, and the
// check, whose type determines what part of the pod it gets.
type rule[check any] struct {
	Rule
	// when are the nodes that the rule is about; zero for all.
	when nodeSet
	// about is traits: the check is tried if the subject has any of them, and always if
	// about is zero. The check must be correct without it.
	about traits
	check check
}

// The types of checks, by their subject. A check returns nil if there is no problem, and
// otherwise problems with fields relative to the subject.
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

// problem is a finding before the engine has added the rule and the path to the field.
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
	// kind is the API server's type of such an error; zero for invalid.
	kind field.ErrorType
	// when replaces the rule's, if the problem concerns fewer nodes.
	when nodeSet
	// cause is what the error points to that the finding unwraps to, or nil.
	cause any
}

// The kinds of errors that aren't invalid: a value is missing, must not be set in this
// pod, is none of a few, or is the name of nothing.
const (
	required     = field.ErrorTypeRequired
	forbidden    = field.ErrorTypeForbidden
	notSupported = field.ErrorTypeNotSupported
	notFound     = field.ErrorTypeNotFound
)

// Rules returns the catalogue, sorted by id.
func Rules() []Rule {
	rows := catalogue()
	all := make([]Rule, len(rows))
	for i, row := range rows {
		r, when := row.row()
		all[i] = *r
		all[i].Sources, all[i].Nodes = slices.Clone(r.Sources), when.String()
	}
	slices.SortFunc(all, func(a, b Rule) int { return strings.Compare(string(a.ID), string(b.ID)) })
	return all
}

// row is a rule of any list.
type row interface {
	row() (description *Rule, when nodeSet)
}

func (r *rule[check]) row() (*Rule, nodeSet) { return &r.Rule, r.when }

// catalogue is all rules.
func catalogue() []row {
	return slices.Concat(
		rows(workloadRules),
		rows(metadataRules),
		rows(podRules),
		rows(optionsRules),
		rows(volumeRules),
		rows(containerRules),
		rows(mountRules),
		rows(conflictRules),
		rows(envRules),
		rows(commandRules),
		rows(namespaceRules),
		rows(nodeRules),
	)
}

func rows[check any](list *ruleList[check]) []row {
	var all []row
	for _, group := range list.groups {
		for _, r := range group.rules {
			all = append(all, r)
		}
	}
	return all
}

// ruleList is the rules of one check type, in groups that are about the same traits. One
// look at a subject shows whether any rule of a group, or of the list, is worth trying.
type ruleList[check any] struct {
	about  traits // of all groups
	groups []ruleGroup[check]
}

type ruleGroup[check any] struct {
	about traits
	rules []*rule[check]
}

// grouped makes a list of rules. One that names no traits is about every subject.
func grouped[check any](rules ...*rule[check]) *ruleList[check] {
	list := new(ruleList[check])
	for _, r := range rules {
		about := cmp.Or(r.about, always)
		i := slices.IndexFunc(list.groups, func(g ruleGroup[check]) bool { return g.about == about })
		if i < 0 {
			i = len(list.groups)
			list.groups = append(list.groups, ruleGroup[check]{about: about})
		}
		list.groups[i].rules = append(list.groups[i].rules, r)
		list.about |= about
	}
	return list
}
