// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package cmdline

import (
	"strings"
	"unicode/utf16"
)

// Route is the way of the words to the program.
type Route struct {
	// Expand says that the kubelet replaces $(NAME).
	Expand bool
	// Env holds the variables that the kubelet knows.
	Env map[string]string
	// Root is the root of the container, without a backslash at the end.
	Root string
	// Shell says that cmd runs the line.
	Shell bool
}

// Arguments returns what arrives in the program, its own name first, or an
// *Error.
func (r Route) Arguments(words []string) ([]string, error) {
	if r.Expand {
		expanded := make([]string, len(words))
		for i, word := range words {
			expanded[i] = Expand(word, r.Env)
		}
		words = expanded
	}
	line := Substitute(Join(words), r.Root)
	if !r.Shell {
		if tooLong(line, longestLine) {
			return nil, &Error{Reason: TooLong}
		}
		return Split(line), nil
	}
	line, err := Cmd(line)
	if err != nil {
		return nil, err
	}
	return Split(line), nil
}

const (
	// shell is what the shim puts before the line.
	shell = "cmd /c "
	// longestShellLine is what cmd can read.
	longestShellLine = 8191
	// longestLine is what CreateProcess can take, without the zero at the end.
	// https://learn.microsoft.com/en-us/windows/win32/api/processthreadsapi/nf-processthreadsapi-createprocessw
	longestLine = 32766
)

// tooLong counts in UTF-16, as Windows does.
func tooLong(line string, most int) bool {
	if len(line) <= most {
		return false
	}
	n := 0
	for _, r := range line {
		n += utf16.RuneLen(r)
	}
	return n > most
}

const (
	sandboxVariable   = "CONTAINER_SANDBOX_MOUNT_POINT"
	sandboxToken      = "%" + sandboxVariable + "%"
	powerShellSandbox = "$env:" + sandboxVariable
)

// Substitute puts the root in place of the two spellings of the sandbox
// variable.
func Substitute(line, root string) string {
	if !strings.Contains(line, sandboxVariable) {
		return line
	}
	return strings.ReplaceAll(strings.ReplaceAll(line, sandboxToken, root), powerShellSandbox, root)
}

// Expand does what the kubelet does to a word: $(NAME) becomes the value of a
// variable that is known and stays otherwise, and $$ becomes $.
func Expand(word string, env map[string]string) string {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(word, "$")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		name, after, closed := strings.Cut(strings.TrimPrefix(rest, "("), ")")
		switch {
		case strings.HasPrefix(rest, "$"):
			b.WriteByte('$')
			word = rest[1:]
		case strings.HasPrefix(rest, "(") && closed:
			if value, known := env[name]; known {
				b.WriteString(value)
			} else {
				b.WriteString("$(" + name + ")")
			}
			word = after
		default:
			b.WriteByte('$')
			word = rest
		}
	}
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

// Split makes arguments of a line, as programs do that use the rules of
// Microsoft's C library.
func Split(line string) []string {
	if line == "" {
		return nil
	}
	program, rest := splitProgram(line)
	args := []string{program}
	for rest = strings.TrimLeft(rest, " \t"); rest != ""; rest = strings.TrimLeft(rest, " \t") {
		var arg string
		arg, rest = splitArgument(rest)
		args = append(args, arg)
	}
	return args
}

// splitProgram takes the name of the program, in which backslashes mean nothing
// but themselves.
func splitProgram(line string) (program, rest string) {
	if line[0] == '"' {
		program, rest, _ = strings.Cut(line[1:], "\"")
		return program, rest
	}
	if end := strings.IndexAny(line, " \t"); end >= 0 {
		return line[:end], line[end:]
	}
	return line, ""
}

func splitArgument(line string) (arg, rest string) {
	var b strings.Builder
	quoted := false
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case !quoted && (c == ' ' || c == '\t'):
			return b.String(), line[i:]
		case c == '\\':
			end := i
			for end < len(line) && line[end] == '\\' {
				end++
			}
			n := end - i
			i = end - 1
			if end < len(line) && line[end] == '"' {
				b.WriteString(line[end-n/2 : end])
				if n%2 == 1 {
					b.WriteByte('"')
					i = end
				}
			} else {
				b.WriteString(line[end-n : end])
			}
		case c != '"':
			b.WriteByte(c)
		case quoted && i+1 < len(line) && line[i+1] == '"':
			b.WriteByte('"')
			i++
		default:
			quoted = !quoted
		}
	}
	return b.String(), ""
}
