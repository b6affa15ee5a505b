// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/hostprocess-go/sdk/examples/internal/manifest"
	"github.com/hostprocess-go/sdk/examples/internal/oneline"
	"github.com/hostprocess-go/sdk/validate"
)

// Rules that are not of the catalogue: they are about the manifest itself.
const (
	parseError   validate.RuleID = "parse-error"
	unknownField validate.RuleID = "unknown-field"
	unknownRule  validate.RuleID = "unknown-rule"
	mergePatch   validate.RuleID = "merge-patch"
)

// finding is one thing to print, with where it is.
type finding struct {
	File      string            `json:"file"`
	Line      int               `json:"line"`
	Document  int               `json:"document"`
	Kind      string            `json:"kind"`
	Namespace string            `json:"namespace"`
	Name      string            `json:"name"`
	Rule      validate.RuleID   `json:"rule"`
	Severity  validate.Severity `json:"severity"`
	Field     string            `json:"field"`
	Message   string            `json:"message"`
	Targets   string            `json:"targets,omitempty"`
	Fix       string            `json:"fix"`
	Ignored   bool              `json:"ignored,omitempty"`

	edit *fix // nil where none is known
}

// linter judges objects and counts.
type linter struct {
	validator validate.Validator
	cluster   *cluster // nil without -nodes
	out       output
	// wantsFixes says that the output shows them.
	wantsFixes bool
	stderr     io.Writer
	problems   []error // what can't be read at all

	judged, passedOver, unreadable int
	// elsewhere counts HostProcess pods on nodes that the cluster doesn't have.
	elsewhere int
	rules     map[validate.RuleID]*count
	// namespaces are those that were read, or that have HostProcess pods, by name.
	namespaces map[string]*namespace
}

// count is how often a rule was broken.
type count struct {
	severity       validate.Severity
	found, ignored int
}

// unread notes that something can't be read.
func (l *linter) unread(err error) {
	fmt.Fprintf(l.stderr, "lint: %s\n", oneline.Of(err.Error()))
	l.problems = append(l.problems, err)
	l.unreadable++
}

// object judges one object of a manifest.
func (l *linter) object(o manifest.Object) {
	if o.Err != nil {
		l.unreadable++
		l.report(o, o.Line, false, nil, validate.Finding{Rule: parseError, Severity: validate.SeverityError, Field: ".", Message: o.Err.Error(), Fix: "correct the manifest"})
		return
	}
	l.inNamespace(o)
	findings, err := l.found(o)
	if err != nil {
		l.passedOver++
		return
	}
	if field := patchField(o.Unknown); field != "" {
		l.passedOver++
		l.report(o, o.LineOf(field), false, nil, validate.Finding{
			Rule: mergePatch, Severity: validate.SeverityInfo, Field: field,
			Message: "makes the object a patch, which is not judged: what it leaves out stands elsewhere",
			Fix:     "judge what kustomize build prints",
		})
		return
	}
	l.judged++
	if len(findings) > 0 {
		l.reportAll(o, findings)
	}
}

// patchField is the first field that only a strategic merge patch has, as in the
// overlays of kustomize, or nothing.
func patchField(problems []string) string {
	for _, problem := range problems {
		if field := unknownName(problem); field == "$patch" || strings.HasSuffix(field, ".$patch") {
			return field
		}
	}
	return ""
}

// unknownName is the field that the decoder does not know.
func unknownName(problem string) string {
	_, field, _ := strings.Cut(problem, "\"")
	field, _, _ = strings.Cut(field, "\"")
	return field
}

// found is what is wrong with an object that was read; an error where it holds no
// pod.
func (l *linter) found(o manifest.Object) (validate.Findings, error) {
	judged, err := l.judge(o.Object)
	return append(unknownFields(o.Unknown), judged...), err
}

// unknownFields are findings for what the decoder said of fields.
func unknownFields(problems []string) validate.Findings {
	var findings validate.Findings
	for _, problem := range problems {
		findings = append(findings, validate.Finding{
			Rule: unknownField, Severity: validate.SeverityWarning, Field: cmp.Or(unknownName(problem), "."),
			Message: problem + ": the API server drops it, or refuses it where validation is strict",
			Fix:     "correct the field's name, or remove it",
		})
	}
	return findings
}

// reportAll reports findings in their order, as ignored where the
// object's annotations, or those of its pod template, say so.
func (l *linter) reportAll(o manifest.Object, findings validate.Findings) {
	ignored := map[string]bool{}
	kept := findings
	for _, at := range annotations(o.Object) {
		var named validate.Findings
		var unknown []string
		kept, named, unknown = validate.Ignore(kept, at.annotations)
		for _, f := range named {
			ignored[f.Error()] = true
		}
		for _, word := range unknown {
			if word == string(unknownField) {
				continue
			}
			findings = append(findings, validate.Finding{
				Rule: unknownRule, Severity: validate.SeverityWarning, Field: at.field + "[" + validate.IgnoreAnnotation + "]",
				Message: fmt.Sprintf("names the rule %q, which isn't there: nothing is ignored by it", word),
				Fix:     "correct the rule's name, or remove it",
			})
		}
	}
	var mends map[string]*fix
	if l.wantsFixes {
		mends = l.fixes(o, findings)
	}
	for _, f := range findings {
		l.report(o, o.LineOf(f.Field), ignored[f.Error()], mends[f.Error()], f)
	}
}

// report counts and prints a finding.
func (l *linter) report(o manifest.Object, line int, ignored bool, edit *fix, f validate.Finding) {
	if l.rules == nil {
		l.rules = map[validate.RuleID]*count{}
	}
	c := l.rules[f.Rule]
	if c == nil {
		c = &count{severity: f.Severity}
		l.rules[f.Rule] = c
	}
	if ignored {
		c.ignored++
	} else {
		c.found++
	}
	var targets []string
	for _, t := range f.Targets {
		targets = append(targets, t.String())
	}
	l.out.finding(finding{o.File, line, o.Document, o.Kind, o.Namespace, o.Name, f.Rule, f.Severity, f.Field, f.Message, strings.Join(targets, ", "), f.Fix, ignored, edit})
}

// code is the exit code.
func (l *linter) code() int {
	found, _ := l.sums()
	switch {
	case l.unreadable > 0:
		return 2
	case found[validate.SeverityError] > 0:
		return 1
	}
	return 0
}

// sums are the findings of each severity, and all that were ignored.
func (l *linter) sums() (found [3]int, ignored int) {
	for _, c := range l.rules {
		found[c.severity] += c.found
		ignored += c.ignored
	}
	return found, ignored
}

// summary prints how many findings there were, in all and of each rule.
func (l *linter) summary(to io.Writer) {
	found, ignored := l.sums()
	fmt.Fprintf(to, "%d objects judged, %d of other kinds passed over, %d not readable: %d errors, %d warnings, %d infos",
		l.judged, l.passedOver, l.unreadable, found[validate.SeverityError], found[validate.SeverityWarning], found[validate.SeverityInfo])
	if ignored > 0 {
		fmt.Fprintf(to, ", %d ignored", ignored)
	}
	fmt.Fprintln(to)
	if l.elsewhere > 0 {
		fmt.Fprintf(to, "%d pods are on nodes that -nodes doesn't have: they were judged for all nodes that they may run on\n", l.elsewhere)
	}
	var ids []validate.RuleID
	for id := range l.rules {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(a, b validate.RuleID) int {
		x, y := l.rules[a], l.rules[b]
		return cmp.Or(cmp.Compare(x.severity, y.severity), cmp.Compare(y.found, x.found), cmp.Compare(a, b))
	})
	table := tabwriter.NewWriter(to, 0, 0, 2, ' ', tabwriter.AlignRight)
	for _, id := range ids {
		c := l.rules[id]
		fmt.Fprintf(table, "%d\t %s %s", c.found, c.severity, id)
		if c.ignored > 0 {
			fmt.Fprintf(table, ", %d ignored", c.ignored)
		}
		fmt.Fprintln(table)
	}
	table.Flush()
}
