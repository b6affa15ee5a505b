// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package report

import (
	"fmt"
	"slices"
	"unicode/utf8"

	"github.com/hostprocess-go/sdk/examples/kubectl-hostprocess/output"
)

// list counts rows and keeps the first few of them, in the order of compare: whatever the
// order in which they are added, it keeps the same.
type list[T any] struct {
	Rows  []T
	Total int
}

func (l *list[T]) add(row T, limit int, compare func(a, b T) int) {
	l.Total++
	at, _ := slices.BinarySearchFunc(l.Rows, row, compare)
	if at >= limit {
		return
	}
	if len(l.Rows) == limit {
		l.Rows = l.Rows[:limit-1]
	}
	l.Rows = slices.Insert(l.Rows, at, row)
}

// More is how many rows aren't kept.
func (l list[T]) More() int { return l.Total - len(l.Rows) }

// maxText is how many bytes of a text are shown: names that an API server accepts, and
// messages about them, are shorter.
const maxText = 2000

// shown is a text of others as the page shows it: in one line, with characters that aren't
// printed escaped, and not longer than maxText.
func shown(text string) string {
	end := min(len(text), maxText)
	for end < len(text) && end > maxText-utf8.UTFMax && !utf8.RuneStart(text[end]) {
		end--
	}
	kept := output.OneLine(text[:end])
	if end < len(text) {
		kept += fmt.Sprintf(" … and %d more bytes", len(text)-end)
	}
	return kept
}
