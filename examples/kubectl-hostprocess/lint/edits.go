// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package lint

import (
	"bytes"
	"iter"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/hostprocess-go/sdk/examples/kubectl-hostprocess/fix"
	"github.com/hostprocess-go/sdk/examples/kubectl-hostprocess/input"
	"github.com/hostprocess-go/sdk/hostprocess/convert"
	"github.com/hostprocess-go/sdk/internal/workload"
	"github.com/hostprocess-go/sdk/validate"
)

// Edit is an edit of a file.
type Edit = fix.Edit

// maxEdits limits the edits of one object, and the trials for each edit, because each trial
// reads and checks the object again.
const maxEdits = 50

// A trial is an edit that was tried on an object.
type trial struct {
	Edit
	fixes   validate.Findings
	refused *Refused // set if the edit is impossible
}

// Refused is a change that can't be made in the text, and why. The zero Change stands for
// the whole object.
type Refused struct {
	convert.Change
	Why error
}

// String describes the change, unless it is the whole object, and the reason.
func (r Refused) String() string {
	if r.Field == "" {
		return r.Why.Error()
	}
	return fix.Describe(r.Change) + ": " + r.Why.Error()
}

// edits returns edits that fix findings or, to convert a pod, all edits regardless of
// findings. Package convert determines the values. Each edit was tried: it resolves its
// findings and causes no others.
func (l *Linter) edits(o input.Object, document *fix.Document, toConvert bool, findings validate.Findings) iter.Seq[trial] {
	return func(yield func(trial) bool) {
		changes := l.Convert(o).Changes
		tried := changes
		if !toConvert {
			if !validate.IsHostProcess(PodSpec(o)) {
				return
			}
			tried = changes[:min(maxEdits, len(changes))]
		}
		for _, change := range tried {
			var t trial
			var err error
			text := []byte(nil)
			if t.Edit, err = document.Set(change, changes); err == nil {
				text = document.Apply(t.Edit)
			} else {
				t.refused = &Refused{change, err}
				text, _ = document.With(change) // empty text fixes nothing
			}
			if !toConvert {
				t.fixes = l.fixed(o, text, findings)
			}
			if (toConvert || len(t.fixes) > 0) && !yield(t) {
				return
			}
		}
	}
}

// Fixed is an edited document.
type Fixed struct {
	// Offset, Length and Line are the place of the old text in the file.
	Offset, Length, Line int
	// Text is the new text.
	Text []byte
	// Does describes each edit. Left are the changes that can't be made in the text.
	Does []string
	Left []Refused
	// More is set if there are further edits, beyond the limit.
	More bool
}

// Fix edits the document of an object as long as an edit fixes a finding, or makes all
// changes of package convert.
func (l *Linter) Fix(o input.Object, toConvert bool) Fixed {
	document, err := fix.NewDocument(o)
	if err != nil {
		if len(l.Convert(o).Changes) == 0 || !toConvert && len(l.shown(o)) == 0 {
			return Fixed{}
		}
		return Fixed{Left: []Refused{{Why: err}}}
	}
	f := Fixed{Offset: int(document.Offset) + document.Cut, Length: len(document.Data) - document.Cut, Line: document.Line}
	for {
		edit, found := l.next(o, document, toConvert, &f)
		if !found {
			break
		}
		if f.More = len(f.Does) == maxEdits; f.More {
			break
		}
		text := document.Apply(edit)
		edited, ok := o.Edited(text)
		if document, err = fix.NewDocument(edited); !ok || err != nil {
			break // impossible, because each edit was tried
		}
		o, f.Does = edited, append(f.Does, edit.Does)
		f.Text = bytes.Clone(text[document.Cut:])
	}
	return f
}

// next returns the next edit of a document.
func (l *Linter) next(o input.Object, document *fix.Document, toConvert bool, f *Fixed) (Edit, bool) {
	f.Left = nil
	var findings validate.Findings
	if !toConvert {
		findings = l.shown(o)
	}
	for t := range l.edits(o, document, toConvert, findings) {
		if t.refused == nil {
			return t.Edit, true
		}
		f.Left = append(f.Left, *t.refused)
	}
	return Edit{}, false
}

// shown returns the findings of an object that are neither suppressed nor disabled.
func (l *Linter) shown(o input.Object) validate.Findings {
	findings, err := l.find(o)
	if err != nil {
		return nil
	}
	for _, at := range annotations(o) {
		findings, _, _ = validate.Ignore(findings, at.annotations)
	}
	return slices.DeleteFunc(findings, func(f validate.Finding) bool { return !l.Selection.Shows(f.Rule, f.Severity) })
}

// Convert converts the pod of an object, and returns the changes and the open decisions, with
// paths in the object; nothing if the object has no known pod template.
func (l *Linter) Convert(o input.Object) (converted convert.Result[*corev1.PodSpec]) {
	pod := workload.PartsOf(o.Object)
	if pod.Spec == nil {
		return converted
	}
	converted, _ = convert.Workload(pod.Spec, l.Validator.Targets...) // empty on an error
	for i := range converted.Changes {
		converted.Changes[i].Field = pod.Prefix + converted.Changes[i].Field
	}
	for i := range converted.Open {
		converted.Open[i].Field = pod.Prefix + converted.Open[i].Field
	}
	return converted
}

// fixed returns the findings that an edit resolves; none if it causes others, or if the result
// isn't one object of the same kind.
func (l *Linter) fixed(o input.Object, edited []byte, findings validate.Findings) validate.Findings {
	// The message and the fix may depend on the rest of the pod.
	same := func(f validate.Finding) string { f.Message, f.Fix = "", ""; return f.Error() }
	left := map[string]int{}
	for _, f := range findings {
		if f.Rule != unknownRule { // about annotations, which trials ignore
			left[same(f)]++
		}
	}
	object, ok := o.Edited(edited)
	if !ok || !validate.IsHostProcess(PodSpec(object)) { // no longer checked
		return nil
	}
	trial := Linter{Validator: l.Validator, Cluster: l.Cluster}
	found, err := trial.find(object)
	if err != nil {
		return nil
	}
	for _, f := range found {
		if !l.Selection.Shows(f.Rule, f.Severity) {
			continue
		}
		if left[same(f)]--; left[same(f)] < 0 {
			return nil
		}
	}
	return slices.DeleteFunc(slices.Clone(findings), func(f validate.Finding) bool { return left[same(f)] == 0 })
}
