// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package cmdline

import (
	"slices"
	"strings"
	"unicode/utf16"
)

// Line is the words of a command line, in the two lists of a container. An exec
// action has a Command alone. Without a Command, the image's entrypoint runs,
// which is unknown here.
type Line struct {
	// Command is the program and, as a rule, its arguments.
	Command []string
	// Args are further arguments.
	Args []string
}

// Len returns the number of words.
func (l Line) Len() int { return len(l.Command) + len(l.Args) }

// Word returns the i-th word.
func (l Line) Word(i int) string {
	if i < len(l.Command) {
		return l.Command[i]
	}
	return l.Args[i-len(l.Command)]
}

// String returns the line that follows "cmd /c ".
func (l Line) String() string { return Substitute(Join(slices.Concat(l.Command, l.Args)), BindRoot) }

// TooLongForCmd reports whether the line is longer than [MostForCmd], and if so how
// long it is.
func (l Line) TooLongForCmd() (length int, tooLong bool) {
	if !l.MayBeTooLongForCmd() {
		return 0, false
	}
	length = UTF16Len(shell + l.String())
	return length, length > MostForCmd
}

// MayBeTooLongForCmd reports whether only the line itself can show that it isn't longer
// than [MostForCmd].
func (l Line) MayBeTooLongForCmd() bool {
	return len(shell)+mostJoined(l.Command)+mostJoined(l.Args) > MostForCmd
}

const (
	// shell is the shim's prefix of the line.
	shell = "cmd /c "
	// MostForCmd is how many characters cmd can read, with its own name.
	MostForCmd = 8191
	// mostForWindows is the limit of CreateProcess, without the terminating zero.
	// https://learn.microsoft.com/en-us/windows/win32/api/processthreadsapi/nf-processthreadsapi-createprocessw
	mostForWindows = 32766
)

// UTF16Len counts characters as Windows does.
func UTF16Len(line string) int {
	n := 0
	for _, r := range line {
		n += utf16.RuneLen(r)
	}
	return n
}

// mostJoined returns the maximal length of the line that Join returns: it may double
// each byte, and adds two quotes and a space to each word.
func mostJoined(words []string) int {
	n := 0
	for _, word := range words {
		n += 2*len(word) + 3
	}
	return n
}

// Join makes one line of the words, as the shim does.
func Join(words []string) string {
	var b strings.Builder
	for i, word := range words {
		if i > 0 {
			b.WriteByte(' ')
		}
		quote(&b, word)
	}
	return b.String()
}

// quote writes a word so that Split finds it again: in quotes where it is empty
// or has a space or tab, with a backslash before each quote of its own, and with
// twice as many backslashes before a quote.
func quote(b *strings.Builder, word string) {
	quoted := needsQuotes(word)
	if quoted {
		b.WriteByte('"')
	}
	backslashes := 0
	for i := range len(word) {
		switch word[i] {
		case '\\':
			backslashes++
		case '"':
			b.WriteString(strings.Repeat("\\", backslashes+1))
			backslashes = 0
		default:
			backslashes = 0
		}
		b.WriteByte(word[i])
	}
	if quoted {
		b.WriteString(strings.Repeat("\\", backslashes) + "\"")
	}
}

func needsQuotes(word string) bool { return word == "" || strings.ContainsAny(word, " \t") }
