// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package cmdline

import "strings"

// Route describes how the words get to the program.
type Route struct {
	// Expand: the kubelet replaces $(NAME).
	Expand bool
	// Env holds the variables that the kubelet knows.
	Env map[string]string
	// Root is the root of the container.
	Root string
	// Shell: cmd runs the line.
	Shell bool
}

// Arguments returns the arguments that the program gets, its own name first, or an
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
	if strings.Contains(line, "\x00") {
		return nil, &Error{Reason: ZeroByte}
	}
	if !r.Shell {
		if UTF16Len(line) > mostForWindows {
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

// Split splits a line into arguments by the rules of Microsoft's C library.
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

// splitProgram cuts off the name of the program, in which backslashes are ordinary
// characters.
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
