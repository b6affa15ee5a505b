// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"strings"

	"github.com/hostprocess-go/sdk/volumes"
)

// This file models how a node makes one line out of the words of a command, and
// what cmd, which runs the line on nodes with the bind filter, reads in it:
//
//  1. hcsshim escapes each word as a C program expects it, and joins them by
//     spaces;
//  2. it replaces the two spellings of the sandbox variable by the root;
//  3. with the bind filter, it puts "cmd /c " in front;
//  4. cmd may remove the first and the last quote of what follows /c;
//  5. cmd reads up to the first line feed; every quote, also one behind a
//     backslash, turns the meaning of & | < > ^ off or on again.
//
// Sources: hcsshim's internal/cmd/cmd.go (escapeArgs) and
// internal/jobcontainers/jobcontainer.go (CreateProcess) for the first three,
// Microsoft's page on cmd for the fourth. The fifth is what is known of cmd.

// cmdLimit is how many characters cmd takes, with its own name.
const cmdLimit = 8191

// cmdPrefix is what hcsshim puts in front of a line for cmd.
const cmdPrefix = "cmd /c "

// line is the command line with the bind filter, behind "cmd /c ".
func (c command) line() string {
	var b strings.Builder
	for i := range c.words() {
		if i > 0 {
			b.WriteByte(' ')
		}
		escape(&b, c.word(i))
	}
	return volumes.Substitute(b.String(), volumes.Bind.Root(""))
}

// quoted says whether the runtime puts a word in quotes.
func quoted(word string) bool { return word == "" || strings.ContainsAny(word, " \t") }

// escape writes a word so that a program gets it back as it is: in quotes where
// it has blanks, a quote behind a backslash, and backslashes before a quote
// twice.
func escape(b *strings.Builder, word string) {
	wrap := quoted(word)
	if wrap {
		b.WriteByte('"')
	}
	backslashes := 0
	for i := range len(word) {
		switch word[i] {
		case '\\':
			backslashes++
		case '"':
			writeBackslashes(b, backslashes+1)
			backslashes = 0
		default:
			backslashes = 0
		}
		b.WriteByte(word[i])
	}
	if wrap {
		writeBackslashes(b, backslashes)
		b.WriteByte('"')
	}
}

func writeBackslashes(b *strings.Builder, n int) {
	for range n {
		b.WriteByte('\\')
	}
}

// quotes is how many quotes the line has.
func (c command) quotes() int {
	n := 0
	for i := range c.words() {
		word := c.word(i)
		n += strings.Count(word, `"`)
		if quoted(word) {
			n += 2
		}
	}
	return n
}

// stripsQuotes says whether cmd removes the first and the last quote of the
// line. It keeps them where there are exactly two, around a file name with
// blanks but without special characters.
func (c command) stripsQuotes() bool {
	if c.words() == 0 || !quoted(c.word(0)) {
		return false
	}
	return c.quotes() != 2 || c.word(0) == "" || strings.ContainsAny(c.word(0), "&<>()@^|")
}

// cutAt returns the word in which cmd stops reading, and the index of the line
// feed in it. Line feeds at the very end cut nothing off.
func (c command) cutAt() (word, index int, ok bool) {
	last := c.words() - 1
	for i := 0; i <= last; i++ {
		j := strings.IndexByte(c.word(i), '\n')
		if j >= 0 && (i < last || strings.Trim(c.word(i)[j:], "\r\n\t ") != "") {
			return i, j, true
		}
	}
	return 0, 0, false
}

// live returns the first of & | < > ^ that stands outside of quotes for cmd: its
// word, and its index there.
func (c command) live() (word, index int, ok bool) {
	state := quoteState{strips: c.stripsQuotes(), left: c.quotes()}
	for i := range c.words() {
		text := c.word(i)
		wrap := quoted(text)
		if wrap {
			state.next()
		}
		for j := range len(text) {
			switch s := specialOf[text[j]]; {
			case s&quote != 0:
				state.next()
			case s&newline != 0:
				return 0, 0, false
			case s&meta != 0 && !state.inside:
				return i, j, true
			}
		}
		if wrap {
			state.next()
		}
	}
	return 0, 0, false
}

// quoteState is whether cmd, reading a line, is inside of quotes.
type quoteState struct {
	inside bool
	// strips says that the first and the last quote are gone, left how many
	// quotes there still are.
	strips bool
	left   int
	seen   bool
}

// next passes a quote.
func (q *quoteState) next() {
	q.left--
	gone := q.strips && (!q.seen || q.left == 0)
	q.seen = true
	if !gone {
		q.inside = !q.inside
	}
}

// clip shortens a text for a message.
func clip(text string) string {
	const most = 80
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "") + "…"
}
