// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package explain

import (
	"slices"

	"github.com/hostprocess-go/sdk/validate"
)

// Cause is what a part of a text means. The zero Cause says nothing.
type Cause struct {
	// Matched is the part of the text that was understood, as it stands there.
	Matched string `json:"matched"`
	// Cause says who wrote that part and what has happened, and names every
	// mistake that can be behind it. Its wording may change.
	Cause string `json:"cause"`
	// Rules are those of package validate that find such mistakes in a pod before
	// it runs, sorted. It is empty where the mistake is not in the pod, but in
	// the node or the cluster.
	Rules []validate.RuleID `json:"rules,omitempty"`
	// Fix says what to do, as a verb phrase.
	Fix string `json:"fix"`
	// Sources are links to where the text is written or described, pinned where
	// they can change.
	Sources []string `json:"sources"`
}

// Explain returns what a text means, in the order in which its parts stand
// there. The same cause is named once, by its first place. It is nil where
// nothing was understood, which includes the empty text.
//
// The objects that PowerShell writes as XML (#< CLIXML) are read like text; what was
// matched is then the part of the XML.
//
// Time grows in line with the length of the text; nothing is allocated for a
// text without causes.
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

// explanation is what was understood of a text so far.
type explanation struct {
	causes []Cause
	found  []*entry
}

// read adds the causes of a text. Original returns the part of the caller's text that
// a part of it stands for; nil where it is the same.
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

// tables are all entries, by who writes the text. Where two match at the same
// place, the first one counts; so what says more stands before what says less.
var tables = [...][]entry{hcsshimEntries, containerdEntries, kubeletEntries, apiServerEntries, programEntries}

// lookup finds the entry that matches at a place of a text, and where the match
// ends.
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
