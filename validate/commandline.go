// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hostprocess-go/sdk/internal/cmdline"
	"github.com/hostprocess-go/sdk/volumes"
)

// This file says what cmd, which runs the command lines of a HostProcess
// container on nodes with the bind filter, reads in one. Package cmdline models
// the whole way of a line and knows no partly right answer; here it matters which
// word goes wrong, and that nothing is built for a line that doesn't.
//
// After "cmd /c ", cmd may remove the first and the last quote of the line. It
// reads up to the first line feed. Every quote, also one behind a backslash,
// turns the meaning of & | < > ^ off or on again.

// cmdLimit is how many characters cmd takes, with its own name.
const cmdLimit = 8191

// cmdPrefix is what hcsshim puts in front of a line for cmd.
const cmdPrefix = "cmd /c "

// line is the command line with the bind filter, behind "cmd /c ".
func (c command) line() string {
	return cmdline.Substitute(cmdline.Join(slices.Concat(c.command, c.args)), volumes.Bind.Root(""))
}

// quoted says whether the runtime puts a word in quotes.
func quoted(word string) bool { return word == "" || strings.ContainsAny(word, " \t") }

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
// blanks but without special characters. What starts with the image's entrypoint
// is taken not to start with one.
func (c command) stripsQuotes() bool {
	if len(c.command) == 0 || !quoted(c.command[0]) {
		return false
	}
	return c.quotes() != 2 || c.command[0] == "" || strings.ContainsAny(c.command[0], "&<>()@^|")
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
// word, and its index there. With carets, those that make the next character an
// ordinary one aren't.
func (c command) live(carets bool) (word, index int, ok bool) {
	state := quoteState{strips: c.stripsQuotes(), left: c.quotes()}
	for i := range c.words() {
		word := c.word(i)
		wrap := quoted(word)
		if wrap {
			state.next()
		}
		// A caret before a bracket can be there for cmd, or be the start of a
		// regular expression; then other brackets have none.
		bracket, before := false, -1
		for j := 0; j < len(word); j++ {
			switch b := word[j]; {
			case b == '"':
				state.next()
			case b == '\n':
				return 0, 0, false
			case state.inside:
			case b == '(' || b == ')':
				bracket = true
			case specialOf[b]&meta == 0:
			case !carets || !escapes(word, j):
				return i, j, true
			default:
				j++
				if before < 0 && (word[j] == '(' || word[j] == ')') {
					before = j - 1
				}
			}
		}
		if bracket && before >= 0 {
			return i, before, true
		}
		if wrap {
			state.next()
		}
	}
	return 0, 0, false
}

// escapes says whether word[i] is a caret in front of a character that cmd has a
// use for.
func escapes(word string, i int) bool {
	return word[i] == '^' && i+1 < len(word) && strings.IndexByte("&|<>^()", word[i+1]) >= 0
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

// exact is a fix that holds a text whole, so that it can be followed to the
// letter; nothing, so that the rule's own fix stands, where that would be long.
func exact(format, text string) string {
	const most = 400
	if len(text) > most {
		return ""
	}
	return fmt.Sprintf(format, text)
}
