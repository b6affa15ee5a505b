// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package output

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/hostprocess-go/sdk/examples/kubectl-hostprocess/lint"
	"github.com/hostprocess-go/sdk/validate"
)

// Palette colours text if it is on.
type Palette struct{ On bool }

func (p Palette) paint(code, text string) string {
	if !p.On {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

// Bold returns bold text.
func (p Palette) Bold(text string) string { return p.paint("1", text) }

// Dim returns dimmed text.
func (p Palette) Dim(text string) string { return p.paint("2", text) }

// Severity returns a word in the colour of a severity.
func (p Palette) Severity(s validate.Severity, word string) string {
	return p.paint([]string{"1;31", "33", "36"}[min(s, 2)], word)
}

// text prints the findings of each object, in the order of their lines.
type text struct {
	Palette
	to   *bufio.Writer
	file string
	of   string // the object
	any  bool
}

func (t *text) Finding(f lint.Finding) {
	of := subject(f)
	if f.File != t.file || of != t.of {
		if t.any {
			fmt.Fprintln(t.to)
		}
		fmt.Fprintln(t.to, strings.TrimSuffix(t.Bold(OneLine(f.File))+"  "+OneLine(of), "  "))
	}
	t.file, t.of, t.any = f.File, of, true
	word := t.Severity(f.Severity, f.Severity.String())
	if f.Ignored {
		word = t.Dim("ignored")
	}
	field := t.Bold(OneLine(f.Field)) + " "
	if f.Field == "." { // the whole object
		field = ""
	}
	place := strconv.Itoa(f.Line)
	if f.Line == 0 { // not in a file
		place = "-"
	}
	fmt.Fprintf(t.to, "  %4s  %s %s: %s%s\n", place, word, f.Rule, field, OneLine(f.Text()))
	fmt.Fprintf(t.to, "        %s %s\n", t.Dim("fix:"), OneLine(f.Fix))
}

func (t *text) End([]error, int) error { return t.to.Flush() }

// Summary prints the number of findings, in total and by rule.
func Summary(to io.Writer, l *lint.Linter, others, foreign int, color bool) {
	p := Palette{color}
	var found [3]int // by severity
	ignored := 0
	for _, c := range l.Rules {
		found[c.Severity] += c.Found
		ignored += c.Ignored
	}
	line := fmt.Sprintf("Checked %s: %s, %s, %d info", Count(l.Checked, "HostProcess object"),
		Count(found[validate.SeverityError], "error"), Count(found[validate.SeverityWarning], "warning"), found[validate.SeverityInfo])
	if ignored > 0 {
		line += fmt.Sprintf(", %d ignored", ignored)
	}
	var notes []string
	if n := others + l.Others; n > 0 {
		notes = append(notes, Count(n, "other object"))
	}
	if foreign > 0 {
		notes = append(notes, Count(foreign, "document")+" that "+plural(foreign, "isn't a Kubernetes manifest", "aren't Kubernetes manifests"))
	}
	if len(notes) > 0 {
		line += "; skipped " + strings.Join(notes, " and ")
	}
	fmt.Fprintln(to, p.Bold(line))
	if l.Unreadable > 0 {
		fmt.Fprintf(to, "%s can't be read\n", Count(l.Unreadable, "object or file", "objects or files"))
	}
	if l.Elsewhere > 0 {
		fmt.Fprintf(to, "%s %s on unknown nodes, so checked for all possible nodes\n", Count(l.Elsewhere, "pod"), plural(l.Elsewhere, "is", "are"))
	}
	ids := slices.SortedFunc(maps.Keys(l.Rules), func(a, b validate.RuleID) int {
		x, y := l.Rules[a], l.Rules[b]
		return cmp.Or(cmp.Compare(x.Severity, y.Severity), cmp.Compare(y.Found, x.Found), cmp.Compare(a, b))
	})
	table := tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	for _, id := range ids {
		c := l.Rules[id]
		number := strconv.Itoa(c.Found)
		if c.Ignored > 0 {
			number += fmt.Sprintf(" + %d ignored", c.Ignored)
		}
		fmt.Fprintf(table, "  %s\t%s\t%s\t%s\n", number, c.Severity, id, Link(id))
	}
	table.Flush()
}

// Count formats a number of things: "1 pod", "2 pods". many is an irregular plural.
func Count(n int, noun string, many ...string) string {
	if n != 1 && len(many) == 0 {
		noun += "s"
	} else if n != 1 {
		noun = many[0]
	}
	return strconv.Itoa(n) + " " + noun
}

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// OneLine returns untrusted text in one line, with non-printable characters and terminal
// control characters escaped.
func OneLine(text string) string {
	var b strings.Builder
	for _, r := range text {
		if strconv.IsPrint(r) {
			b.WriteRune(r)
		} else {
			b.WriteString(strings.Trim(strconv.QuoteRune(r), "'"))
		}
	}
	return b.String()
}
