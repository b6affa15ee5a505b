// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package report

import (
	"fmt"
	"slices"
	"unicode/utf8"

	"github.com/hostprocess-go/sdk/examples/kubectl-hostprocess/output"
)

// list counts rows and keeps the first ones in the order of compare, whatever the order in
// which they are added.
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

// More returns the number of rows that aren't kept.
func (l list[T]) More() int { return l.Total - len(l.Rows) }

// maxText limits the bytes of a text. Names that an API server accepts, and messages about
// them, are shorter.
const maxText = 2000

// shown returns untrusted text for the page: in one line, with non-printable characters
// escaped, and at most maxText long.
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
