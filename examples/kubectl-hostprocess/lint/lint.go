// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

// Package lint finds what is wrong with the objects of manifests.
package lint

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/hostprocess-go/sdk/examples/kubectl-hostprocess/fix"
	"github.com/hostprocess-go/sdk/examples/kubectl-hostprocess/input"
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
	// Ignored is set if an annotation of the object says so.
	Ignored bool `json:"ignored,omitempty"`

	Edit *Edit `json:"-"` // one that fixes it; nil if none is known
}

// Text is the message, with the nodes that the finding is about.
func (f Finding) Text() string {
	if f.Targets == "" {
		return f.Message
	}
	return f.Message + " [on " + f.Targets + "]"
}

// Linter checks objects and counts.
type Linter struct {
	Validator validate.Validator
	Cluster   *Cluster // what is known of the nodes; nil if nothing is
	Selection Selection
	Report    func(Finding)
	// WithEdits looks for an edit that fixes each finding.
	WithEdits bool

	// Checked counts objects with HostProcess pods, Others objects that were decoded and
	// hold none, and Unreadable what can't be read.
	Checked, Others, Unreadable int
	// Elsewhere counts HostProcess pods on nodes that the Cluster doesn't have.
	Elsewhere  int
	Rules      map[validate.RuleID]*Count
	namespaces namespaces
}

// Count is how often a rule was broken.
type Count struct {
	Severity       validate.Severity
	Found, Ignored int
}

// Object checks one object.
func (l *Linter) Object(o input.Object) {
	switch {
	case o.Err != nil:
		l.Unreadable++
		l.report(o, o.Line, false, nil, ownRule(parseError).finding(".", o.Err.Error()))
		return
	case o.Unchecked != "":
		bare := o
		bare.Field = ""
		l.report(o, bare.LineOf(o.Unchecked), false, nil, ownRule(notChecked).finding(o.Unchecked, "asks for a HostProcess pod in a place where no pod template is known, so it isn't checked"))
		return
	}
	if ns, ok := o.Object.(*corev1.Namespace); ok {
		l.namespaces.add(l, o, ns)
		return
	}
	findings, err := l.find(o)
	spec := PodSpec(o)
	if err != nil || !validate.IsHostProcess(spec) && len(findings) == 0 {
		l.Others++
		return
	}
	if field := patchField(o.Unknown); field != "" {
		l.Others++
		l.report(o, o.LineOf(field), false, nil, ownRule(mergePatch).finding(field, "makes the object a patch, which isn't checked: what it leaves out is elsewhere"))
		return
	}
	l.Checked++
	if validate.IsHostProcess(spec) {
		l.namespaces.pod(o)
	}
	l.reportAll(o, findings)
}

// PodSpec returns the pod of an object; nil if it holds none.
func PodSpec(o input.Object) *corev1.PodSpec {
	if o.Template != nil {
		return &o.Template.Spec
	}
	spec, _ := validate.PodSpecOf(o.Object)
	return spec
}

// End reports what is known only when all objects were seen.
func (l *Linter) End() { l.namespaces.end(l) }

// find returns what is wrong with an object that was read, ordered by line; an error
// if it holds no pod.
func (l *Linter) find(o input.Object) (validate.Findings, error) {
	v := l.Validator
	v.Targets = l.targets(o)
	var found validate.Findings
	var err error
	if o.Template != nil {
		found = v.PodTemplateSpec(o.Template, nil)
	} else {
		found, err = v.Object(o.Object)
		if pod, ok := o.Object.(*corev1.Pod); ok && l.Cluster != nil && validate.IsHostProcess(&pod.Spec) {
			found = slices.Concat(l.Cluster.misplaced(pod), found)
		}
	}
	return append(unknownFields(o.Unknown), found...), err
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

// unknownName is the field that the decoder doesn't know.
func unknownName(problem string) string {
	_, field, _ := strings.Cut(problem, "\"")
	field, _, _ = strings.Cut(field, "\"")
	return field
}

// unknownFields are findings about what the decoder said of fields.
func unknownFields(problems []string) validate.Findings {
	var findings validate.Findings
	for _, problem := range problems {
		name := unknownName(problem)
		if strings.HasPrefix(problem, "unknown field ") {
			problem = "isn't a field that Kubernetes knows"
		}
		findings = append(findings, ownRule(unknownField).finding(cmp.Or(name, "."), problem+": the API server drops it, or refuses it where validation is strict"))
	}
	return findings
}

// annotated is a field that holds annotations.
type annotated struct {
	field       string
	annotations map[string]string
}

// annotations are those of an object, and those of its pod template.
func annotations(o input.Object) []annotated {
	if o.Template != nil {
		return []annotated{{"metadata.annotations", o.Template.Annotations}}
	}
	var all []annotated
	if about := accessor(o.Object); about != nil {
		all = append(all, annotated{"metadata.annotations", about.GetAnnotations()})
	}
	if path, template := PodTemplate(o.Object); template != nil {
		all = append(all, annotated{path + ".metadata.annotations", template.Annotations})
	}
	return all
}

// reportAll reports findings in the order of their lines, as ignored if the annotations
// of the object, or those of its pod template, say so.
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
			if _, own := ownRules[validate.RuleID(name)]; own {
				continue
			}
			findings = append(findings, ownRule(unknownRule).finding(at.field+"["+validate.IgnoreAnnotation+"]", fmt.Sprintf("names the rule %q, which doesn't exist, so nothing is ignored by it", name)))
		}
	}
	findings = slices.DeleteFunc(findings, func(f validate.Finding) bool { return !l.Selection.Shows(f.Rule, f.Severity) })
	if len(findings) == 0 {
		return
	}
	edits := map[string]*Edit{}
	if document, err := fix.NewDocument(o); l.WithEdits && err == nil {
		for t := range l.edits(o, document, findings) {
			for _, f := range t.fixes {
				if edits[f.Error()] == nil && t.refused == nil && t.Start.Line > 0 {
					edits[f.Error()] = &t.Edit
				}
			}
		}
	}
	lines := make(map[string]int, len(findings))
	for _, f := range findings {
		lines[f.Field] = o.LineOf(f.Field)
	}
	slices.SortStableFunc(findings, func(a, b validate.Finding) int { return cmp.Compare(lines[a.Field], lines[b.Field]) })
	for _, f := range findings {
		l.report(o, lines[f.Field], ignored[f.Error()], edits[f.Error()], f)
	}
}

// report counts a finding and passes it on.
func (l *Linter) report(o input.Object, line int, ignored bool, edit *Edit, f validate.Finding) {
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
	if ignored {
		c.Ignored++
	} else {
		c.Found++
	}
	var targets []string
	for _, t := range f.Targets {
		targets = append(targets, t.String())
	}
	path := f.Field
	if o.Field != "" && o.Unchecked == "" && o.Err == nil && !strings.HasPrefix(o.Field, "items[") {
		path = strings.TrimSuffix(o.Field+"."+f.Field, ".")
	}
	l.Report(Finding{
		File: o.File, Line: line, Document: o.Document, Kind: o.Kind, Namespace: o.Namespace, Name: o.Name,
		Rule: f.Rule, Severity: f.Severity, Field: path, Message: f.Message, Targets: strings.Join(targets, ", "), Fix: f.Fix, Ignored: ignored, Edit: edit,
	})
}

// Sums are the findings of each severity, and all that were ignored.
func (l *Linter) Sums() (found [3]int, ignored int) {
	for _, c := range l.Rules {
		found[c.Severity] += c.Found
		ignored += c.Ignored
	}
	return found, ignored
}

// Selection is which findings are shown.
type Selection struct {
	Disabled, Only []validate.RuleID // Only is empty for all
	// Least is the least severity; the zero value shows errors only.
	Least validate.Severity
}

// Shows reports whether the findings of a rule are shown.
func (s Selection) Shows(rule validate.RuleID, severity validate.Severity) bool {
	if rule == parseError {
		return true
	}
	return severity <= s.Least && !slices.Contains(s.Disabled, rule) && (len(s.Only) == 0 || slices.Contains(s.Only, rule))
}

// namespaces are those of the input that Pod Security refuses HostProcess pods in, and
// those that have such pods.
type namespaces struct {
	refusing []refusing
	pods     map[string]*podsIn
}

// podsIn is how many objects with HostProcess pods a namespace has, and one of them.
type podsIn struct {
	count   int
	example string
}

type refusing struct {
	object   input.Object
	findings validate.Findings
	lines    []int
	ignored  map[string]bool
}

// anyHostProcess stands for the pods of a namespace, which Pod Security treats alike.
var anyHostProcess = &corev1.PodSpec{SecurityContext: &corev1.PodSecurityContext{WindowsOptions: &corev1.WindowsSecurityContextOptions{HostProcess: new(true)}}}

func (n *namespaces) add(l *Linter, o input.Object, ns *corev1.Namespace) {
	found := l.Validator.Namespace(ns, anyHostProcess)
	if len(found) == 0 {
		return
	}
	r := refusing{object: o, findings: found, ignored: map[string]bool{}}
	for _, f := range found {
		r.lines = append(r.lines, o.LineOf(f.Field))
	}
	_, named, _ := validate.Ignore(found, ns.Annotations)
	for _, f := range named {
		r.ignored[f.Error()] = true
	}
	n.refusing = append(n.refusing, r)
}

func (n *namespaces) pod(o input.Object) {
	if o.Namespace == "" {
		return
	}
	if n.pods == nil {
		n.pods = map[string]*podsIn{}
	}
	if n.pods[o.Namespace] == nil {
		n.pods[o.Namespace] = &podsIn{example: o.Kind + " " + o.Name}
	}
	n.pods[o.Namespace].count++
}

func (n *namespaces) end(l *Linter) {
	for _, r := range n.refusing {
		pods := n.pods[r.object.Name]
		if pods == nil {
			continue
		}
		are := pods.example + " is"
		if pods.count > 1 {
			are = fmt.Sprintf("%s and %d more are", pods.example, pods.count-1)
		}
		for i, f := range r.findings {
			ignored := r.ignored[f.Error()]
			f.Message += fmt.Sprintf(" (%s in this namespace)", are)
			l.report(r.object, r.lines[i], ignored, nil, f)
		}
	}
}
