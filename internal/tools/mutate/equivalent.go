// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package main

import (
	_ "embed"
	"fmt"
	"path"
	"strings"
)

// Each mutant that does the same as the code is three fields between tabs: the
// file, the change, and the line of the source. Indented lines after it say
// why no test can tell the two apart.
//
//go:embed equivalent.txt
var equivalentText string

// equivalents holds for each listed mutant whether it was come across.
type equivalents map[key]bool

// A key names a mutant for as long as its line stays as it is.
type key struct{ file, change, text string }

func readEquivalents() (equivalents, error) {
	listed := equivalents{}
	explained := true
	for i, line := range strings.Split(strings.TrimSpace(equivalentText), "\n") {
		fields := strings.Split(line, "\t")
		switch {
		case strings.HasPrefix(line, "#") || line == "":
		case strings.HasPrefix(line, "\t") && len(listed) > 0:
			explained = true
		case len(fields) == 3 && explained:
			listed[key{fields[0], fields[1], fields[2]}] = false
			explained = false
		default:
			return nil, fmt.Errorf("equivalent.txt:%d: want a file, a change and a line, then why nobody can tell the two apart", i+1)
		}
	}
	return listed, nil
}

// summary counts mutants. A mistaken one is listed as equivalent, and is not.
type summary struct{ killed, timedOut, equivalent, survived, mistaken int }

func (e equivalents) judge(m mutant, r result, s *summary) {
	k := key{m.file, m.change, m.text}
	_, listed := e[k]
	if listed {
		e[k] = true
	}
	switch {
	case r == timedOut:
		s.timedOut++
	case r == killed && listed:
		s.mistaken++
		fmt.Printf("%s:%d: listed as equivalent, but a test tells it apart: %s: %s\n", m.file, m.line, m.change, m.text)
	case r == killed:
		s.killed++
	case listed:
		s.equivalent++
	default:
		s.survived++
		fmt.Printf("%s:%d: survived: %s: %s\n", m.file, m.line, m.change, m.text)
	}
}

// findMissing finds what is listed for files of the folder, and is no mutant.
func (e equivalents) findMissing(folder string, s *summary) {
	for k, seen := range e {
		if path.Dir(k.file) == folder && !seen {
			s.mistaken++
			fmt.Printf("%s: listed as equivalent, but there is no such mutant: %s: %s\n", k.file, k.change, k.text)
		}
	}
}
