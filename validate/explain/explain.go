// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package explain

import (
	"slices"

	"github.com/hostprocess-go/sdk/validate"
)

// Cause explains a part of a text. The zero Cause is empty.
type Cause struct {
	// Matched is the part of the text that the cause explains, unchanged.
	Matched string `json:"matched"`
	// Cause describes what happened in which component, and every mistake that
	// can be the reason. Its wording may change.
	Cause string `json:"cause"`
	// Rules are the rules of package validate that find such mistakes in a pod
	// before it runs, sorted. It is empty if the mistake isn't in the pod, but in
	// the node or the cluster.
	Rules []validate.RuleID `json:"rules,omitempty"`
	// Fix describes what to do, as a verb phrase.
	Fix string `json:"fix"`
	// Sources are links to the code that writes the text, or to its description,
	// pinned if they can change.
	Sources []string `json:"sources"`
}

// Explain returns the causes of the errors in a text, in the order of the text. A
// cause that occurs several times is returned once, at its first place. The result is
// nil if nothing was recognized, as for an empty text.
//
// Explain also reads the objects that PowerShell writes as XML (#< CLIXML); Matched is
// then the part of the XML.
//
// The time is linear in the length of the text, and a text without causes costs no
// allocation.
func Explain(text string) []Cause {
	var e explanation
	for {
		start, end, found := cutCLIXML(text)
		if !found {
			break
		}
		e.read(text[:start], nil)
		xml := text[start:end]
		d := decodeCLIXML(xml)
		e.read(d.text, func(from, to int) string { return xml[d.from[from]:d.from[to]] })
		text = text[end:]
	}
	e.read(text, nil)
	return e.causes
}

// explanation collects the causes found in a text.
type explanation struct {
	causes []Cause
	found  []*entry
}

// read adds the causes in a text. original returns the part of the caller's text that
// corresponds to a part of text; nil if they are the same.
func (x *explanation) read(text string, original func(from, to int) string) {
	for at := 0; at < len(text); at++ {
		if !startsWord(text, at) {
			continue
		}
		e, end := lookup(text, at)
		if e == nil {
			continue
		}
		if !slices.Contains(x.found, e) {
			matched := text[at:end]
			if original != nil {
				matched = original(at, end)
			}
			x.found = append(x.found, e)
			x.causes = append(x.causes, e.explains(matched))
		}
		at = end - 1
	}
}

// entry is a row of the tables: error texts with one meaning.
type entry struct {
	// texts are the spellings that have this meaning; see pattern.
	texts   []pattern
	cause   string
	rules   []validate.RuleID
	fix     string
	sources []string
}

// tables are all entries, by the component that writes the text. If two match at the
// same place, the first one counts, so more specific entries come first.
var tables = [...][]entry{hcsshimEntries, containerdEntries, kubeletEntries, apiServerEntries, programEntries}

// lookup returns the entry that matches at a place in a text, and the end of the
// match.
func lookup(text string, at int) (*entry, int) {
	head := lower(text[at])
	for _, table := range tables {
		for i := range table {
			for _, p := range table[i].texts {
				if lower(p[0][0]) != head {
					continue // nearly always
				}
				if end, ok := p.match(text, at); ok {
					return &table[i], end
				}
			}
		}
	}
	return nil, 0
}

// explains makes a Cause that shares nothing with the table.
func (e *entry) explains(matched string) Cause {
	return Cause{
		Matched: matched,
		Cause:   e.cause,
		Rules:   slices.Clone(e.rules),
		Fix:     e.fix,
		Sources: slices.Clone(e.sources),
	}
}
