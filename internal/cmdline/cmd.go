// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package cmdline

import (
	"strings"
	"unicode"
)

// Cmd returns the line that a program gets when the shim runs "cmd /c " and the
// given line, or an *Error if cmd wouldn't just start one program, or if the documents
// don't describe the effect.
func Cmd(line string) (string, error) {
	if UTF16Len(shell+line) > MostForCmd {
		return "", &Error{Reason: TooLong}
	}
	if strings.ContainsFunc(line, isControl) {
		return "", &Error{Reason: Control}
	}
	if strings.Contains(line, "%") {
		return "", &Error{Reason: Percent}
	}
	q := quotes{left: strings.Count(line, `"`)}
	if strings.HasPrefix(line, `"`) {
		if q.left != 2 {
			return "", &Error{Reason: QuotedTwice}
		}
		name, _, _ := strings.Cut(line[1:], `"`)
		q.strips = !keepsQuotes(q.left, name)
	}
	line, err := unescape(line, q)
	if err != nil {
		return "", err
	}
	program, _ := splitProgram(line + " ")
	if reason := runnable(program); reason != 0 {
		return "", &Error{Reason: reason}
	}
	return line, nil
}

// isControl reports whether cmd ends a line at a character, or isn't documented to pass
// it on.
func isControl(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }

// unescape removes the quotes that cmd strips, and does what cmd does outside of
// quotes, where a caret makes the next character an ordinary one.
func unescape(line string, q quotes) (string, error) {
	var b strings.Builder
	for i := 0; i < len(line); i++ {
		c := line[i]
		switch {
		case c == '"':
			if q.next() {
				continue
			}
		case q.inside:
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

// Metacharacters are special to cmd in any place outside of quotes.
const Metacharacters = "&|<>^"

// isMeta reports whether a character is a metacharacter, or a parenthesis, which is
// special in some places.
func isMeta(c byte) bool { return isLive(c) || c == '(' || c == ')' }

func isLive(c byte) bool { return strings.IndexByte(Metacharacters, c) >= 0 }

// quotes is the state in which cmd reads a line: whether it is inside of quotes.
// Every quote changes that, also one after a backslash, except those that cmd has
// removed from the line.
type quotes struct {
	inside bool
	// strips says that the first and the last quote are gone, left how many
	// quotes there still are.
	strips bool
	left   int
	seen   bool
}

// next passes a quote. It returns true for one that is gone.
func (q *quotes) next() bool {
	q.left--
	gone := q.strips && (!q.seen || q.left == 0)
	q.seen = true
	if !gone {
		q.inside = !q.inside
	}
	return gone
}

// keepsQuotes reports whether cmd keeps the quotes of a line that starts with one.
// It does if there are exactly two, around a file name with white space and without
// special characters; otherwise it removes the first and the last one.
func keepsQuotes(count int, name string) bool {
	return count == 2 && strings.ContainsAny(name, " \t") && !strings.ContainsAny(name, "&<>()@^|")
}

// Quotes returns how many quotes the line has.
func (l Line) Quotes() int {
	n := 0
	for i := range l.Len() {
		word := l.Word(i)
		n += strings.Count(word, `"`)
		if needsQuotes(word) {
			n += 2
		}
	}
	return n
}

// StripsQuotes reports whether cmd removes the first and the last quote of the
// line. What starts with the image's entrypoint is taken not to start with one.
func (l Line) StripsQuotes() bool {
	return len(l.Command) > 0 && needsQuotes(l.Command[0]) && !keepsQuotes(l.Quotes(), l.Command[0])
}

// CutAt returns the word in which cmd stops reading, and the index of the line
// feed in it. Line feeds at the very end cut nothing off.
func (l Line) CutAt() (word, index int, cut bool) {
	last := l.Len() - 1
	for i := 0; i <= last; i++ {
		j := strings.IndexByte(l.Word(i), '\n')
		if j >= 0 && (i < last || strings.Trim(l.Word(i)[j:], "\r\n\t ") != "") {
			return i, j, true
		}
	}
	return 0, 0, false
}

// LiveAt returns the word and the index of the first metacharacter that is outside of
// quotes for cmd. If carets is true, carets that escape the next character are skipped.
func (l Line) LiveAt(carets bool) (word, index int, live bool) {
	q := quotes{strips: l.StripsQuotes(), left: l.Quotes()}
	for i := range l.Len() {
		word := l.Word(i)
		quoted := needsQuotes(word)
		if quoted {
			q.next()
		}
		// A caret before a bracket can be there for cmd, or be the start of a
		// regular expression; then other brackets have none.
		bracket, before := false, -1
		for j := 0; j < len(word); j++ {
			switch b := word[j]; {
			case b == '"':
				q.next()
			case b == '\n':
				return 0, 0, false
			case q.inside:
			case b == '(' || b == ')':
				bracket = true
			case !isLive(b):
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
		if quoted {
			q.next()
		}
	}
	return 0, 0, false
}

// escapes reports whether word[i] is a caret before a character that is special to cmd.
func escapes(word string, i int) bool { return word[i] == '^' && i+1 < len(word) && isMeta(word[i+1]) }

// runnable returns the reason why cmd may not find or start a program, or zero. A
// runnable program is named with its extension, without characters that are special to
// cmd, and isn't a built-in command of cmd.
func runnable(program string) Reason {
	name := program[strings.LastIndexByte(program, '\\')+1:]
	stem, extension := cutExtension(name)
	switch {
	case strings.ContainsFunc(afterDrive(program), isSpecialInProgram):
		return ProgramCharacter
	case !strings.EqualFold(extension, ".exe") && !strings.EqualFold(extension, ".com"):
		return Extension
	case name == program && (IsBuiltin(stem) || sharesName(stem)):
		return InternalCommand
	}
	return 0
}

// afterDrive returns a path without its drive.
func afterDrive(path string) string {
	if len(path) > 2 && path[1] == ':' && path[2] == '\\' && IsLetter(path[0]) {
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

// isSpecialInProgram reports whether Microsoft lists a character as special in file
// names, or the character is special to cmd or to the file system.
func isSpecialInProgram(r rune) bool {
	return isControl(r) || r != ' ' && unicode.IsSpace(r) || strings.ContainsRune("&<>[]|{}^=;!'+,`~()@%\":/*?", r)
}

// IsBuiltin reports whether a word is a command that cmd always runs itself, and that is
// an unlikely name of a program.
//
// https://learn.microsoft.com/en-us/windows-server/administration/windows-commands/windows-commands
func IsBuiltin(word string) bool {
	switch strings.ToLower(word) {
	case "assoc", "call", "cd", "chdir", "cls", "copy", "del", "dir", "echo", "erase", "exit", "for", "ftype",
		"goto", "if", "md", "mkdir", "mklink", "move", "popd", "pushd", "rd", "rem", "ren", "rename", "rmdir",
		"set", "setlocal", "title", "type", "ver", "vol":
		return true
	}
	return false
}

// sharesName reports whether a word is one of the other commands that cmd runs itself,
// which are likely names of programs as well.
func sharesName(word string) bool {
	switch strings.ToLower(word) {
	case "break", "color", "date", "dpath", "endlocal", "keys", "path", "pause", "prompt", "shift", "start", "time", "verify":
		return true
	}
	return false
}
