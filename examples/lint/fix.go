// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"slices"

	"github.com/hostprocess-go/sdk/examples/internal/manifest"
	"github.com/hostprocess-go/sdk/hostprocess/convert"
	"github.com/hostprocess-go/sdk/validate"
)

// fix is an edit of the file that mends a finding.
type fix struct {
	manifest.Edit
	does string
}

// maxFixes is how many edits of one object are tried: each reads and judges it
// once more.
const maxFixes = 50

// fixes finds edits that mend findings of an object. What to write comes from
// package convert, change by change, and where to write it from the text. Each
// edit has been tried: with it the findings it is for are gone, and there are no
// others. A finding is known by its text, which holds all there is to it.
func (l *linter) fixes(o manifest.Object, findings validate.Findings) map[string]*fix {
	spec, err := validate.PodSpecOf(o.Object)
	if err != nil || !validate.IsHostProcess(spec) {
		return nil
	}
	converted, err := convert.Workload(spec)
	if err != nil {
		return nil
	}
	at := "spec."
	if path, template := podTemplate(o.Object); template != nil {
		at = path + ".spec."
	}
	mends := map[string]*fix{}
	tried := 0
	for _, change := range converted.Changes {
		edit, ok := o.Set(at+change.Field, change.After)
		if !ok || tried == maxFixes {
			continue
		}
		tried++
		for _, f := range l.mended(o, edit, findings) {
			if mends[f.Error()] == nil {
				mends[f.Error()] = &fix{edit, does(change)}
			}
		}
	}
	return mends
}

// does says what a change does, and why.
func does(c convert.Change) string {
	if c.After == "" {
		return "remove " + c.Field + ": " + c.Why
	}
	return "set " + c.Field + " to " + c.After + ": " + c.Why
}

// mended are the findings that are gone after an edit; none where there are
// others instead, or where the document isn't one object of the same kind.
func (l *linter) mended(o manifest.Object, edit manifest.Edit, findings validate.Findings) validate.Findings {
	// The message and what to do may change with the rest of the pod.
	same := func(f validate.Finding) string { f.Message, f.Fix = "", ""; return f.Error() }
	left := map[string]int{}
	for _, f := range findings {
		left[same(f)]++
	}
	objects, good := 0, true
	trial := *l // which counts for itself
	reader := manifest.NewReader(func(edited manifest.Object) {
		objects++
		if edited.Err != nil || edited.Kind != o.Kind {
			good = false
			return
		}
		found, err := trial.found(edited)
		good = good && err == nil
		for _, f := range found {
			left[same(f)]--
			good = good && left[same(f)] >= 0
		}
	})
	if err := reader.Stream(o.File, bytes.NewReader(o.Edited(edit))); err != nil || !good || objects != 1 {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(findings), func(f validate.Finding) bool { return left[same(f)] == 0 })
}
