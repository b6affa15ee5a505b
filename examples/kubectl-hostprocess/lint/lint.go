// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

// Package lint checks the objects in manifests.
package lint

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"

	"github.com/hostprocess-go/sdk/examples/kubectl-hostprocess/fix"
	"github.com/hostprocess-go/sdk/examples/kubectl-hostprocess/input"
	"github.com/hostprocess-go/sdk/internal/workload"
	"github.com/hostprocess-go/sdk/validate"
)

// Finding is a finding with its place.
type Finding struct {
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
	// Ignored is set if an annotation of the object suppresses the rule.
	Ignored bool `json:"ignored,omitempty"`

	Edit *Edit `json:"-"` // one that fixes it; nil if none is known
}

// Text returns the message, with the nodes that the finding is about.
func (f Finding) Text() string {
	if f.Targets == "" {
		return f.Message
	}
	return f.Message + " [on " + f.Targets + "]"
}

// Linter checks objects, and counts them and their findings.
type Linter struct {
	Validator validate.Validator
	Cluster   *Cluster // the nodes; nil if unknown
	Selection Selection
	Report    func(Finding)
	// WithEdits adds an edit that fixes the finding, if there is one.
	WithEdits bool

	// Checked counts objects with HostProcess pods, Clean those without findings, Others
	// decoded objects without such pods, and Unreadable objects that can't be read.
	Checked, Clean, Others, Unreadable int
	// Elsewhere counts HostProcess pods on nodes that aren't in the Cluster.
	Elsewhere int
	Rules     map[validate.RuleID]*Count

	refusing []Finding // about namespaces that reject HostProcess pods
	pods     map[string]podsIn
}

// Count is the number of findings of a rule.
type Count struct {
	Severity       validate.Severity
	Found, Ignored int
}

// Object checks one object.
func (l *Linter) Object(o input.Object) {
	switch {
	case o.Err != nil:
		l.Unreadable++
		l.report(place(o, own(parseError, ".", o.Err.Error())))
		return
	case o.Unchecked != "":
		l.report(place(o, own(notChecked, o.Unchecked, "sets hostProcess outside a known pod template, so the pod isn't checked")))
		return
	}
	if ns, ok := o.Object.(*corev1.Namespace); ok {
		found := l.Validator.Namespace(ns, anyHostProcess)
		kept, _, _ := validate.Ignore(found, ns.Annotations)
		for _, f := range found {
			placed := place(o, f)
			placed.Ignored = !slices.ContainsFunc(kept, func(k validate.Finding) bool { return k.Error() == f.Error() })
			l.refusing = append(l.refusing, placed)
		}
		return
	}
	findings, err := l.find(o)
	spec := PodSpec(o)
	if err != nil || !validate.IsHostProcess(spec) && len(findings) == 0 {
		l.Others++
		return
	}
	if patch := isPatch.FindStringSubmatch(strings.Join(o.Unknown, "\n")); patch != nil {
		field := patch[1]
		l.Others++
		l.report(place(o, own(mergePatch, field, "makes the object a patch, which isn't checked: the rest of the object is in another file")))
		return
	}
	l.Checked++
	if validate.IsHostProcess(spec) && o.Namespace != "" {
		if l.pods == nil {
			l.pods = map[string]podsIn{}
		}
		in := l.pods[o.Namespace]
		l.pods[o.Namespace] = podsIn{in.count + 1, cmp.Or(in.example, o.Kind+" "+o.Name)}
	}
	l.reportAll(o, findings)
}

// PodSpec returns the pod of an object; nil if it has none.
func PodSpec(o input.Object) *corev1.PodSpec { return parts(o).Spec }

func parts(o input.Object) workload.Parts {
	if o.Template != nil {
		return workload.PartsOf(o.Template)
	}
	return workload.PartsOf(o.Object)
}

// End reports findings that depend on all objects: namespaces that reject HostProcess pods
// of the input.
func (l *Linter) End() {
	for _, f := range l.refusing {
		switch pods := l.pods[f.Name]; pods.count {
		case 0:
			continue
		case 1:
			f.Message += fmt.Sprintf(" (%s is in this namespace)", pods.example)
		default:
			f.Message += fmt.Sprintf(" (%s and %d more are in this namespace)", pods.example, pods.count-1)
		}
		l.report(f)
	}
}

// find returns the findings of an object, ordered by line; an error if it has no pod.
func (l *Linter) find(o input.Object) (validate.Findings, error) {
	v := l.Validator
	v.Targets = l.Targets(o)
	found, err := Judge(v, o)
	if pod, ok := o.Object.(*corev1.Pod); ok && l.Cluster != nil && validate.IsHostProcess(&pod.Spec) {
		found = slices.Concat(l.Cluster.misplaced(pod), found)
	}
	return append(unknownFields(o.Unknown), found...), err
}

// Judge returns the findings of a Validator in the pod of an object; an error if it has none.
func Judge(v validate.Validator, o input.Object) (validate.Findings, error) {
	if o.Template != nil {
		return v.PodTemplateSpec(o.Template, nil), nil
	}
	return v.Object(o.Object)
}

// isPatch matches a problem with a field of strategic merge patches, as in kustomize overlays.
var isPatch = regexp.MustCompile(`"((?:[^"]*\.)?\$patch)"`)

// unknownFields returns findings for the decoder's problems with fields.
func unknownFields(problems []string) validate.Findings {
	var findings validate.Findings
	for _, problem := range problems {
		_, name, _ := strings.Cut(problem, `"`)
		name, _, _ = strings.Cut(name, `"`)
		if strings.HasPrefix(problem, "unknown field ") {
			problem = "is unknown to Kubernetes"
		}
		findings = append(findings, own(unknownField, cmp.Or(name, "."), problem+": the API server drops it, or rejects the object if validation is strict"))
	}
	return findings
}

// annotated is a field with annotations.
type annotated struct {
	field       string
	annotations map[string]string
}

// annotations returns the annotations of an object and its pod template.
func annotations(o input.Object) (all []annotated) {
	const own = "metadata.annotations"
	if about, err := meta.Accessor(o.Object); err == nil {
		all = append(all, annotated{own, about.GetAnnotations()})
	}
	pod := parts(o)
	if at := strings.TrimSuffix(pod.Prefix, "spec.") + own; pod.Meta != nil && (at != own || all == nil) {
		all = append(all, annotated{at, pod.Meta.Annotations})
	}
	return all
}

// reportAll reports findings in the order of their lines, as ignored if the annotations of
// the object or its pod template suppress them.
func (l *Linter) reportAll(o input.Object, findings validate.Findings) {
	ignored := map[string]bool{}
	kept := findings
	for _, at := range annotations(o) {
		var named validate.Findings
		var unknown []string
		kept, named, unknown = validate.Ignore(kept, at.annotations)
		for _, f := range named {
			ignored[f.Error()] = true
		}
		for _, name := range unknown {
			if _, err := RuleOf(validate.RuleID(name)); err != nil {
				findings = append(findings, own(unknownRule, at.field+"["+validate.IgnoreAnnotation+"]", fmt.Sprintf("names the rule %q, which doesn't exist, so it suppresses nothing", name)))
			}
		}
	}
	findings = slices.DeleteFunc(findings, func(f validate.Finding) bool { return !l.Selection.Shows(f.Rule, f.Severity) })
	if len(findings) == 0 {
		l.Clean++
		return
	}
	edits := map[string]*Edit{}
	if document, err := fix.NewDocument(o); l.WithEdits && err == nil {
		for t := range l.edits(o, document, false, findings) {
			for _, f := range t.fixes {
				if edits[f.Error()] == nil && t.refused == nil && t.Start.Line > 0 {
					edits[f.Error()] = &t.Edit
				}
			}
		}
	}
	var placed []Finding
	for _, f := range findings {
		found := place(o, f)
		found.Ignored, found.Edit = ignored[f.Error()], edits[f.Error()]
		placed = append(placed, found)
	}
	slices.SortStableFunc(placed, func(a, b Finding) int { return cmp.Compare(a.Line, b.Line) })
	for _, f := range placed {
		l.report(f)
	}
}

// report counts a finding and passes it on.
func (l *Linter) report(f Finding) {
	if !l.Selection.Shows(f.Rule, f.Severity) {
		return
	}
	if l.Rules == nil {
		l.Rules = map[validate.RuleID]*Count{}
	}
	c := l.Rules[f.Rule]
	if c == nil {
		c = &Count{Severity: f.Severity}
		l.Rules[f.Rule] = c
	}
	if f.Ignored {
		c.Ignored++
	} else {
		c.Found++
	}
	l.Report(f)
}

// place returns a finding with its place.
func place(o input.Object, f validate.Finding) Finding {
	line := o.Line
	if o.Err == nil {
		line = o.LineOf(f.Field)
	}
	var targets []string
	for _, t := range f.Targets {
		targets = append(targets, t.String())
	}
	return Finding{
		File: o.File, Line: line, Document: o.Document, Kind: o.Kind, Namespace: o.Namespace, Name: o.Name,
		Rule: f.Rule, Severity: f.Severity, Field: o.PathOf(f.Field), Message: f.Message, Targets: strings.Join(targets, ", "), Fix: f.Fix,
	}
}

// Selection selects the findings to show.
type Selection struct {
	Disabled, Only []validate.RuleID // Only is empty for all
	// Least is the lowest severity; the zero value shows only errors.
	Least validate.Severity
}

// Shows reports whether the findings of a rule are shown.
func (s Selection) Shows(rule validate.RuleID, severity validate.Severity) bool {
	if rule == parseError {
		return true
	}
	return severity <= s.Least && !slices.Contains(s.Disabled, rule) && (len(s.Only) == 0 || slices.Contains(s.Only, rule))
}

// podsIn counts the objects with HostProcess pods in a namespace, with an example.
type podsIn struct {
	count   int
	example string
}

// anyHostProcess stands for the pods of a namespace, which Pod Security treats alike.
var anyHostProcess = &corev1.PodSpec{SecurityContext: &corev1.PodSecurityContext{WindowsOptions: &corev1.WindowsSecurityContextOptions{HostProcess: new(true)}}}
