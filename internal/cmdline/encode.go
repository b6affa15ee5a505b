// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package cmdline

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Nodes describes the nodes on which a command line must work, and the replacements in
// it.
type Nodes struct {
	// Shell: there are nodes on which cmd runs the line.
	Shell bool
	// Direct: there are nodes on which Windows starts the program directly.
	Direct bool
	// Expand: the kubelet replaces $(NAME).
	Expand bool
	// Variables: the kubelet should replace $(NAME).
	Variables bool
}

// Encode returns words that start the program with exactly the given arguments,
// on all of the nodes, or an *Error. In the arguments, the runtime replaces
// %CONTAINER_SANDBOX_MOUNT_POINT% and $env:CONTAINER_SANDBOX_MOUNT_POINT, and
// nothing else.
func Encode(program string, args []string, nodes Nodes) ([]string, error) {
	words := append(append(make([]string, 0, 1+len(args)), program), args...)
	for i, word := range words {
		if reason := unfit(word, nodes); reason != 0 {
			return nil, &Error{Word: i, Reason: reason}
		}
	}
	if reason := unfitProgram(program); reason != 0 {
		return nil, &Error{Reason: reason}
	}
	if nodes.Shell {
		if err := escape(words, nodes); err != nil {
			return nil, err
		}
		if strings.Contains(program, " ") && quotedAgain(args) {
			return nil, &Error{Reason: QuotedTwice}
		}
	}
	if reason := unfitLength(words, nodes); reason != 0 {
		return nil, &Error{Reason: reason}
	}
	if nodes.Expand && !nodes.Variables {
		for i := range words {
			words[i] = Protect(words[i])
		}
	}
	return words, nil
}

// unfit returns the reason why a word can't be passed at all, or not through cmd.
func unfit(word string, nodes Nodes) Reason {
	switch {
	case strings.Contains(word, "\x00"):
		return ZeroByte
	case !utf8.ValidString(word):
		return NotUTF8
	case nodes.Variables && !nodes.Expand:
		return NoVariables
	case nodes.Variables && strings.Contains(word, "$$"):
		return TwoDollars
	case !nodes.Shell:
		return 0
	case strings.ContainsFunc(word, isControl):
		return Control
	case strings.Contains(word, "%") && strings.Contains(strings.ReplaceAll(word, CmdToken, ""), "%"):
		return Percent
	}
	return 0
}

// unfitProgram returns the reason why a program can't have this name on every node.
func unfitProgram(program string) Reason {
	rest := strings.TrimPrefix(program, CmdToken)
	if rest == "" || strings.TrimSpace(rest) != rest {
		return ProgramCharacter
	}
	return runnable(rest)
}

// escape adds a caret before each character that is special to cmd, outside of what cmd
// treats as quotes. A program that is started directly would get the carets in its
// arguments, so if there are nodes of both kinds, such a character is an error.
func escape(words []string, nodes Nodes) error {
	e := escaper{nodes: nodes}
	for i, word := range words {
		words[i] = e.word(word)
		if nodes.Direct && words[i] != word {
			return &Error{Word: i, Reason: Mixed}
		}
	}
	return nil
}

// escaper reads the words as cmd reads the line.
type escaper struct {
	nodes  Nodes
	quotes quotes
}

func (e *escaper) word(word string) string {
	if !strings.ContainsAny(word, "\"&|<>()^") {
		return word
	}
	var b strings.Builder
	if needsQuotes(word) {
		e.quotes.next()
		defer e.quotes.next()
	}
	for rest := word; rest != ""; {
		part := rest[:1]
		switch reference := e.reference(rest); {
		case reference != "":
			part = reference
		case part == "\"":
			e.quotes.next()
		case !e.quotes.inside && isMeta(part[0]):
			b.WriteByte('^')
		}
		b.WriteString(part)
		rest = rest[len(part):]
	}
	return b.String()
}

// reference is the $(NAME) that the text starts with, which is gone before cmd
// sees the line.
func (e *escaper) reference(text string) string {
	if !e.nodes.Variables || !strings.HasPrefix(text, "$(") {
		return ""
	}
	return text[:strings.IndexByte(text, ')')+1]
}

// References are the names in the $(NAME) of a word without $$.
func References(word string) []string {
	var names []string
	for {
		_, rest, found := strings.Cut(word, "$(")
		if !found {
			return names
		}
		name, after, closed := strings.Cut(rest, ")")
		if closed {
			names = append(names, name)
		}
		word = after
	}
}

// quotedAgain reports whether the line has quotes besides those of the program.
func quotedAgain(args []string) bool {
	return slices.ContainsFunc(args, func(arg string) bool { return needsQuotes(arg) || strings.Contains(arg, "\"") })
}

// longestRoot has the maximal length of the root of a container.
var longestRoot = BindRoot + `\` + strings.Repeat("0", 64)

func unfitLength(words []string, nodes Nodes) Reason {
	if isShort(words) {
		return 0
	}
	if nodes.Shell {
		if _, tooLong := (Line{Command: words}).TooLongForCmd(); tooLong {
			return TooLong
		}
	}
	if nodes.Direct && UTF16Len(Substitute(Join(words), longestRoot)) > mostForWindows {
		return TooLong
	}
	return 0
}

// isShort reports whether a line is so short that its exact length doesn't matter, as
// most lines are. A root is at most three times as long as the token that it replaces,
// and the prefix that the shim adds is much shorter than the rest.
func isShort(words []string) bool { return 3*mostJoined(words) <= MostForCmd }

// Protect doubles each $ that the kubelet would treat as the start of a reference or as
// an escape, so that Expand returns the word.
func Protect(word string) string {
	if !strings.Contains(word, "$") {
		return word
	}
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(word, "$")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		run := 1
		for run <= len(rest) && rest[run-1] == '$' {
			run++
		}
		word = rest[run-1:]
		n := run
		if run > 1 || strings.HasPrefix(word, "(") {
			n = 2 * run
		}
		b.WriteString(strings.Repeat("$", n))
	}
}
