// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package cmdline

import "strconv"

// Error is returned for words that can't be run as they are.
type Error struct {
	// Word is the index of the word, the program being 0.
	Word int
	// Reason is the cause.
	Reason Reason
}

// Error returns the reason. It names the word, unless that is the program.
func (e *Error) Error() string {
	if e.Word == 0 {
		return e.Reason.String()
	}
	return "argument " + strconv.Itoa(e.Word) + " " + e.Reason.String()
}

// Reason is why words can't be run. The zero Reason isn't used.
type Reason uint8

const (
	// ZeroByte is a zero byte.
	ZeroByte Reason = iota + 1
	// NotUTF8 is text that the API can't hold.
	NotUTF8
	// Control is a character at which cmd ends the line, or whose effect isn't
	// documented.
	Control
	// Percent is a percent sign, which cmd replaces also in quotes.
	Percent
	// Live is a character that makes cmd do something else than start a program.
	Live
	// Mixed is a character that needs a caret on some nodes, which would be part
	// of the argument on the others.
	Mixed
	// QuotedTwice is a program with a space before other quotes.
	QuotedTwice
	// ProgramCharacter is a character that the name of a program can't have.
	ProgramCharacter
	// Extension is a program without .exe or .com.
	Extension
	// InternalCommand is a program whose name is one of cmd's own commands.
	InternalCommand
	// TooLong is a line that is longer than cmd or Windows can read.
	TooLong
	// TwoDollars is an escape among references.
	TwoDollars
	// NoVariables is a reference where nothing replaces it.
	NoVariables
)

var reasons = [...]string{
	ZeroByte:         "contains a zero byte, which no command line can hold: the container would not start",
	NotUTF8:          "is not UTF-8, so the API server would change it",
	Control:          "contains a line break or another control character: nodes with the bind filter run the line with cmd, which ends it there; use a PowerShell script",
	Percent:          "contains a percent sign: nodes with the bind filter run the line with cmd, which may put a variable in its place, and there is no way to write one that it leaves alone; use a PowerShell script",
	Live:             "contains a character that cmd acts on",
	Mixed:            "contains one of & | < > ( ) ^ outside of what cmd takes for quotes: it needs a caret on the nodes with the bind filter, where cmd runs the line, and must not have one on the others; build for one kind of node, or use a PowerShell script",
	QuotedTwice:      "has a space, and an argument needs quotes as well: nodes with the bind filter run the line with cmd, which removes the quotes of the program then; use a path without spaces, or a PowerShell script",
	ProgramCharacter: "is empty, or has a character that can't be part of a program's name for cmd: one of & < > [ ] | { } ^ = ; ! ' + , ` ~ ( ) @ % \" : / * ? or a space at an end; rename it",
	Extension:        "has no extension .exe or .com: nodes with the bind filter run the line with cmd, which finds no program without one, and reads the arguments of a batch file again; name the file with its extension, or use a script",
	InternalCommand:  "is the name of one of cmd's own commands, which it prefers: name the directory as well",
	TooLong:          "makes the line too long: the most is " + strconv.Itoa(MostForCmd) + " characters on nodes with the bind filter, where cmd runs it, and " + strconv.Itoa(mostForWindows) + " on others; put the arguments into a file, or use a script from a ConfigMap",
	TwoDollars:       "contains $$, which the kubelet makes one $ where it replaces variables: write one, without a parenthesis after it",
	NoVariables:      "has variables, which the kubelet doesn't replace in lifecycle hooks: pass the values by the environment",
}

// String returns the problem and its fix, as the end of a sentence.
func (r Reason) String() string {
	if r == 0 || int(r) >= len(reasons) {
		return "can't be run"
	}
	return reasons[r]
}
