// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

// Package report writes an HTML page about the HostProcess pods and the Windows nodes of a
// cluster. The page is a single file without scripts or external resources, and can be
// printed.
//
// A Report keeps only the first rows of each list, so that neither its memory nor the page
// grows with the cluster. The page has the number of omitted rows, and the command that
// prints them.
package report

import (
	"cmp"

	"github.com/hostprocess-go/sdk/examples/kubectl-hostprocess/input"
	"github.com/hostprocess-go/sdk/examples/kubectl-hostprocess/lint"
	"github.com/hostprocess-go/sdk/examples/kubectl-hostprocess/output"
	"github.com/hostprocess-go/sdk/validate"
	"github.com/hostprocess-go/sdk/validate/fleet"
	"github.com/hostprocess-go/sdk/validate/privileges"
	"github.com/hostprocess-go/sdk/validate/survey"
)

// maxRows limits the rows of each list on the page.
const maxRows = 100

// Report is the content of the page. The zero Report is empty and ready to use.
type Report struct {
	// Sources are the inputs: names of files, or the cluster.
	Sources []string
	// Date is the date of the report, and Version that of the program.
	Date, Version string
	// Containerd are the versions that pods were checked for; nil for those of Nodes.
	Containerd []string
	// LeftOut describes the findings that were deselected: "findings of host-network".
	LeftOut []string
	// Checked is the number of objects with HostProcess pods, and Elsewhere the number of
	// pods among them on nodes that aren't in the input.
	Checked, Elsewhere int
	// Nodes are the nodes, nil for none, and Unsupported their versions that are no longer
	// supported.
	Nodes       *survey.Survey
	Unsupported []survey.Unsupported
	// Workloads are the workloads with HostProcess pods, and Conflicts those between them.
	Workloads []privileges.Workload
	Conflicts []fleet.Conflict
	// Upgrade names the upgrade: "containerd 2.3.4"; empty for none.
	Upgrade string

	problems list[string]
	found    [3]int // by severity
	ignored  int
	rules    map[validate.RuleID]*ruleFindings
	brought  list[change]
	cured    list[change]
}

// ruleFindings are the findings of one rule.
type ruleFindings struct {
	validate.Rule
	list[finding]
	Found, Ignored int
}

// finding is a row of the table of a rule.
type finding struct {
	Object, File, Field, Text, Fix string
	Ignored                        bool
	Line                           int // 0 if it isn't in a file
}

// change is a row of the tables of an upgrade.
type change struct {
	Severity                 validate.Severity
	Rule                     validate.RuleID
	Object, Field, Text, Fix string
}

// AddProblem adds an error of reading.
func (r *Report) AddProblem(err error) {
	r.problems.add(shown(err.Error()), maxRows, cmp.Compare[string])
}

// AddFinding adds a finding of lint.
func (r *Report) AddFinding(f lint.Finding) {
	of := r.rules[f.Rule]
	if of == nil {
		rule, _ := lint.RuleOf(f.Rule) // which has findings
		of = &ruleFindings{Rule: rule}
		if r.rules == nil {
			r.rules = map[validate.RuleID]*ruleFindings{}
		}
		r.rules[f.Rule] = of
	}
	if f.Ignored {
		of.Ignored++
		r.ignored++
	} else {
		of.Found++
		r.found[f.Severity]++
	}
	of.add(finding{
		Object: shown(output.Subject(f.Kind, f.Namespace, f.Name)), File: shown(f.File), Field: shown(f.Field),
		Text: shown(f.Text()), Fix: shown(f.Fix), Ignored: f.Ignored, Line: f.Line,
	}, maxRows, compareFindings)
}

func compareFindings(a, b finding) int {
	return cmp.Or(
		compareBools(a.Ignored, b.Ignored), cmp.Compare(a.Object, b.Object), cmp.Compare(a.File, b.File),
		cmp.Compare(a.Line, b.Line), cmp.Compare(a.Field, b.Field), cmp.Compare(a.Text, b.Text),
	)
}

func compareBools(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// AddChanges adds the changes that the upgrade causes for an object.
func (r *Report) AddChanges(o input.Object, changes validate.Changes) {
	for _, side := range []struct {
		to       *list[change]
		findings validate.Findings
	}{{&r.brought, changes.New}, {&r.cured, changes.Cured}} {
		for _, f := range side.findings {
			fix := shown(f.Fix)
			if side.to == &r.cured {
				fix = ""
			}
			side.to.add(change{f.Severity, f.Rule, subject(o), shown(o.PathOf(f.Field)), shown(f.Message), fix}, maxRows, compareChanges)
		}
	}
}

func compareChanges(a, b change) int {
	return cmp.Or(
		cmp.Compare(a.Severity, b.Severity), cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Object, b.Object),
		cmp.Compare(a.Field, b.Field), cmp.Compare(a.Text, b.Text),
	)
}

func subject(o input.Object) string { return shown(output.Subject(o.Kind, o.Namespace, o.Name)) }
