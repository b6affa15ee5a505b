// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package lint

import (
	"bytes"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/hostprocess-go/sdk/examples/kubectl-hostprocess/fix"
	"github.com/hostprocess-go/sdk/examples/kubectl-hostprocess/input"
	"github.com/hostprocess-go/sdk/hostprocess/convert"
	"github.com/hostprocess-go/sdk/validate"
)

// Edit is an edit of a file.
type Edit = fix.Edit

// maxEdits is how many edits of one object are tried: each reads and checks it again.
const maxEdits = 50

// edits returns edits that fix findings. What to write is known by package convert,
// and where to write it by the text. Each edit was tried: the findings that it is for
// are gone then, and there are no others. The keys are the findings' texts.
func (l *Linter) edits(o input.Object, findings validate.Findings) map[string]*Edit {
	all := map[string]*Edit{}
	document, ok := fix.NewDocument(o)
	if !ok || !validate.IsHostProcess(PodSpec(o)) {
		return all
	}
	for tried, change := range l.changes(o) {
		if tried == maxEdits {
			break
		}
		edit, ok := document.Set(change.Field, change.After)
		if !ok {
			continue
		}
		edit.Does = does(change)
		for _, f := range l.fixed(o, document.Edited(edit), findings) {
			if all[f.Error()] == nil {
				all[f.Error()] = &edit
			}
		}
	}
	return all
}

// Fixed is a document that was edited.
type Fixed struct {
	// Text is the new text of the document, and First its first line in the file.
	Text  []byte
	First int
	// FirstRow is the first line of the old text, without its end, and Lines how many
	// that has.
	FirstRow []byte
	Lines    int
	// Does says what each edit does. Left are changes that can't be made in the text.
	Does []string
	Left []convert.Change
}

// Fix edits the document of an object: edit after edit, as long as one fixes a finding;
// or all that package convert changes. It returns false if the text can't be edited.
func (l *Linter) Fix(o input.Object, convert bool) (Fixed, bool) {
	data, first, _, _ := o.YAML()
	if _, ok := fix.NewDocument(o); !ok {
		return Fixed{Left: l.changes(o)}, false
	}
	f := Fixed{Text: bytes.Clone(data), First: first, Lines: bytes.Count(data, []byte("\n"))}
	if !bytes.HasSuffix(data, []byte("\n")) {
		f.Lines++ // the last line of the file
	}
	row, _, _ := bytes.Cut(data, []byte("\n"))
	f.FirstRow = bytes.Clone(row)
	for range maxEdits {
		edit, found := l.next(o, convert, &f)
		if !found {
			break
		}
		f.Does = append(f.Does, edit.Does)
		document, _ := fix.NewDocument(o)
		f.Text = document.Edited(edit)
		edited, ok := o.Edited(f.Text)
		if !ok {
			return Fixed{}, false // each edit was read before it was taken
		}
		o = edited
	}
	return f, true
}

// next returns the next edit of a document.
func (l *Linter) next(o input.Object, convert bool, f *Fixed) (Edit, bool) {
	if !convert {
		findings, err := l.find(o)
		if err != nil {
			return Edit{}, false
		}
		for _, at := range annotations(o) {
			findings, _, _ = validate.Ignore(findings, at.annotations)
		}
		findings = slices.DeleteFunc(findings, func(f validate.Finding) bool { return !l.Selection.Shows(f.Rule, f.Severity) })
		edits := l.edits(o, findings)
		for _, finding := range findings {
			if edit := edits[finding.Error()]; edit != nil {
				return *edit, true
			}
		}
		return Edit{}, false
	}
	document, ok := fix.NewDocument(o)
	f.Left = nil
	for _, change := range l.changes(o) {
		if ok {
			if edit, ok := document.Set(change.Field, change.After); ok {
				edit.Does = does(change)
				return edit, true
			}
		}
		f.Left = append(f.Left, change)
	}
	return Edit{}, false
}

// changes returns what Convert would change of an object, with paths in that.
func (l *Linter) changes(o input.Object) []convert.Change {
	converted, at, ok := l.convert(o)
	if !ok {
		return nil
	}
	for i := range converted.Changes {
		converted.Changes[i].Field = at + converted.Changes[i].Field
	}
	return converted.Changes
}

// Open returns what a person must decide to make a HostProcess pod of an object.
func (l *Linter) Open(o input.Object) []convert.Decision {
	converted, at, _ := l.convert(o)
	for i := range converted.Open {
		converted.Open[i].Field = at + converted.Open[i].Field
	}
	return converted.Open
}

// convert converts the pod of an object, and returns the path to it.
func (l *Linter) convert(o input.Object) (converted convert.Result[*corev1.PodSpec], at string, ok bool) {
	spec := PodSpec(o)
	if spec == nil || o.Template != nil {
		return converted, "", false
	}
	converted, err := convert.Workload(spec, l.Validator.Targets...)
	if err != nil {
		return converted, "", false
	}
	at = "spec."
	if path, template := PodTemplate(o.Object); template != nil {
		at = path + ".spec."
	}
	return converted, at, true
}

// does says what a change does, and why.
func does(c convert.Change) string {
	if c.After == "" {
		return "remove " + c.Field + ": " + c.Why
	}
	return "set " + c.Field + " to " + c.After + ": " + c.Why
}

// fixed returns the findings that are gone from an edited document; none if there are
// others instead, or if it isn't one object of the same kind.
func (l *Linter) fixed(o input.Object, edited []byte, findings validate.Findings) validate.Findings {
	// The message and what to do may change with the rest of the pod.
	same := func(f validate.Finding) string { f.Message, f.Fix = "", ""; return f.Error() }
	left := map[string]int{}
	for _, f := range findings {
		if f.Rule != unknownRule { // which is about annotations, and found by no trial
			left[same(f)]++
		}
	}
	object, ok := o.Edited(edited)
	if !ok {
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
