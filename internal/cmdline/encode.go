// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package cmdline

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Nodes says on which nodes a command line must work, and how it gets there.
type Nodes struct {
	// Shell: there are nodes on which cmd runs the line.
	Shell bool
	// Direct: there are nodes on which Windows starts the program directly.
	Direct bool
	// Expand: the kubelet replaces $(NAME).
	Expand bool
	// Variables: $(NAME) is meant to be replaced.
	Variables bool
}

// Encode returns words that start the program with exactly the given arguments,
// on all of the nodes, or an *Error. In the arguments, the runtime replaces
// %CONTAINER_SANDBOX_MOUNT_POINT% and $env:CONTAINER_SANDBOX_MOUNT_POINT, and
// nothing else.
func Encode(program string, args []string, nodes Nodes) ([]string, error) {
	words := append([]string{program}, args...)
	for i, word := range words {
		if reason := unfit(word, nodes); reason != 0 {
			return nil, &Error{Word: i, Reason: reason}
		}
	}
	if reason := unfitProgram(program); reason != 0 {
		return nil, &Error{Reason: reason}
	}
	if nodes.Shell {
		if err := escape(words, nodes.Direct); err != nil {
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
			words[i] = protect(words[i])
		}
	}
	return words, nil
}

// unfit says why a word arrives nowhere, or not through cmd.
func unfit(word string, nodes Nodes) Reason {
	switch {
	case strings.IndexByte(word, 0) >= 0:
		return ZeroByte
	case !utf8.ValidString(word):
		return NotUTF8
	case nodes.Variables && !nodes.Expand:
		return NoVariables
	case !nodes.Shell:
		return 0
	case strings.IndexFunc(word, isControl) >= 0:
		return Control
	case strings.Contains(strings.ReplaceAll(word, sandboxToken, ""), "%"):
		return Percent
	}
	return 0
}

// unfitProgram says why a program can't be named so on every node.
func unfitProgram(program string) Reason {
	rest := strings.TrimPrefix(program, sandboxToken)
	if rest == "" || strings.TrimSpace(rest) != rest {
		return ProgramCharacter
	}
	return runnable(rest)
}

// escape puts carets where cmd, outside of what it takes for quotes, would act on
// a character. A program that is started directly would find the carets in its
// arguments, so with plain set, that such a place exists is an error.
func escape(words []string, plain bool) error {
	quoted := false
	for i, word := range words {
		var b strings.Builder
		wrapped := word == "" || strings.ContainsAny(word, " \t")
		if wrapped {
			quoted = !quoted
		}
		for j := range len(word) {
			switch c := word[j]; {
			case c == '"':
				quoted = !quoted
			case !quoted && isMeta(c):
				if plain {
					return &Error{Word: i, Reason: Mixed}
				}
				b.WriteByte('^')
			}
			b.WriteByte(word[j])
		}
		if wrapped {
			quoted = !quoted
		}
		words[i] = b.String()
	}
	return nil
}

// quotedAgain says whether the line has quotes besides those of the program.
func quotedAgain(args []string) bool {
	return slices.ContainsFunc(args, func(arg string) bool { return arg == "" || strings.ContainsAny(arg, " \t\"") })
}

// longestRoot is as long as the root of a container can be.
var longestRoot = `C:\hpc\` + strings.Repeat("0", 64)

func unfitLength(words []string, nodes Nodes) Reason {
	line := Join(words)
	switch {
	case nodes.Shell && tooLong(shell+Substitute(line, `C:\hpc`), longestShellLine):
		return TooLong
	case nodes.Direct && tooLong(Substitute(line, longestRoot), longestLine):
		return TooLong
	}
	return 0
}

// protect doubles the $ that the kubelet would take for the start of a reference
// or for an escaped one.
func protect(word string) string {
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
