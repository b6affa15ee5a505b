// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package cmdline

import (
	"slices"
	"strings"
	"unicode"
)

// Cmd returns the line that a program gets when the shim runs "cmd /c " and the
// given line, or an *Error if cmd would do something else than start one program
// with it, or if it isn't documented what it would do.
func Cmd(line string) (string, error) {
	if tooLong(shell+line, longestShellLine) {
		return "", &Error{Reason: TooLong}
	}
	if strings.ContainsFunc(line, isControl) {
		return "", &Error{Reason: Control}
	}
	if strings.Contains(line, "%") {
		return "", &Error{Reason: Percent}
	}
	line, err := keepQuotes(line)
	if err != nil {
		return "", err
	}
	line, err = unescape(line)
	if err != nil {
		return "", err
	}
	program, _ := splitProgram(line + " ")
	if reason := runnable(program); reason != 0 {
		return "", &Error{Reason: reason}
	}
	return line, nil
}

// isControl is true for what cmd ends a line at or isn't documented to pass on.
func isControl(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }

// keepQuotes does to the quotes what cmd does after /c: where the line starts
// with one, the quotes stay only if there are just two, around a name with white
// space and without special characters.
func keepQuotes(line string) (string, error) {
	if !strings.HasPrefix(line, "\"") {
		return line, nil
	}
	if strings.Count(line, "\"") != 2 {
		return "", &Error{Reason: QuotedTwice}
	}
	name, rest, _ := strings.Cut(line[1:], "\"")
	if strings.ContainsAny(name, " \t") && !strings.ContainsAny(name, "&<>()@^|") {
		return line, nil
	}
	return name + rest, nil
}

// unescape does what cmd does outside of quotes, where a caret makes the next
// character an ordinary one.
func unescape(line string) (string, error) {
	var b strings.Builder
	quoted := false
	for i := 0; i < len(line); i++ {
		c := line[i]
		switch {
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '^':
			if i++; i == len(line) {
				return "", &Error{Reason: Live}
			}
			c = line[i]
		case isMeta(c):
			return "", &Error{Reason: Live}
		}
		b.WriteByte(c)
	}
	return b.String(), nil
}

// isMeta is true for the characters that do something outside of quotes.
func isMeta(c byte) bool { return strings.IndexByte("&|<>()^", c) >= 0 }

// runnable says why cmd may not find or start a program. A program is named with
// its extension and with no character that cmd treats in a way of its own, and
// isn't one of cmd's own commands.
func runnable(program string) Reason {
	name := program[strings.LastIndexByte(program, '\\')+1:]
	stem, extension := cutExtension(name)
	switch {
	case strings.ContainsFunc(afterDrive(program), isSpecialInProgram):
		return ProgramCharacter
	case !strings.EqualFold(extension, ".exe") && !strings.EqualFold(extension, ".com"):
		return Extension
	case name == program && slices.Contains(internalCommands, strings.ToLower(stem)):
		return InternalCommand
	}
	return 0
}

// afterDrive returns a path without its drive.
func afterDrive(path string) string {
	if len(path) > 2 && path[1] == ':' && path[2] == '\\' && ('a' <= path[0]|0x20 && path[0]|0x20 <= 'z') {
		return path[2:]
	}
	return path
}

func cutExtension(name string) (stem, extension string) {
	if dot := strings.LastIndexByte(name, '.'); dot >= 0 {
		return name[:dot], name[dot:]
	}
	return name, ""
}

// isSpecialInProgram is true for the characters that Microsoft lists as special
// in file names, and those with a meaning for cmd or for the file system.
func isSpecialInProgram(r rune) bool {
	return isControl(r) || r != ' ' && unicode.IsSpace(r) || strings.ContainsRune("&<>[]|{}^=;!'+,`~()@%\":/*?", r)
}

// internalCommands are run by cmd itself, whatever programs there are.
// https://learn.microsoft.com/en-us/windows-server/administration/windows-commands/windows-commands
var internalCommands = []string{
	"assoc", "break", "call", "cd", "chdir", "cls", "color", "copy", "date", "del", "dir", "dpath", "echo", "endlocal",
	"erase", "exit", "for", "ftype", "goto", "if", "keys", "md", "mkdir", "mklink", "move", "path", "pause", "popd",
	"prompt", "pushd", "rd", "rem", "ren", "rename", "rmdir", "set", "setlocal", "shift", "start", "time", "title",
	"type", "ver", "verify", "vol",
}
