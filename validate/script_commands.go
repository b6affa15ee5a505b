// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"slices"
	"strings"

	"github.com/hostprocess-go/sdk/internal/cmdline"
)

// scriptCommand is one command in the line that a cmd or PowerShell runs: its name
// and its arguments, without their quotes, and the files that its output goes to.
type scriptCommand struct {
	shell   cmdline.Shell
	words   []scriptWord
	outputs []scriptWord
}

// scriptWord is a word of a script, and the index of the word of the container's
// command in which it starts.
type scriptWord struct {
	text string
	word int
}

// scriptCommands ranges over the commands of the script that the line runs: what
// follows cmd /c or PowerShell's -Command, or the line itself where it has neither,
// which cmd runs on nodes with the bind filter. It knows quotes, the signs between
// commands and redirections; what blocks and expressions are in PowerShell it
// doesn't know, and takes the signs around them for ends of commands.
func (c command) scriptCommands(yield func(scriptCommand) bool) {
	shell, from := c.Shell(), c.ScriptStart()
	switch {
	case shell == cmdline.UnknownShell, from == 0 && shell != cmdline.NoShell:
		return
	case shell == cmdline.NoShell:
		shell = cmdline.CmdShell
	}
	r := scriptReader{shell: shell}
	for i := from; i < c.Len(); i++ {
		word := c.Word(i)
		if shell == cmdline.CmdShell && i > from && strings.ContainsAny(word, " \t") {
			r.part(word)
			r.endWord(i)
			continue
		}
		if !r.read(word, i, yield) {
			return
		}
		if r.quote == 0 {
			r.endWord(i)
		} else {
			r.part(" ")
		}
	}
	r.endWord(c.Len() - 1)
	r.endCommand(yield)
}

// scriptReader is the state in which a script is read.
type scriptReader struct {
	shell   cmdline.Shell
	current scriptCommand
	// word is what was read of a word, and open says that there is one, which may
	// be empty.
	word []byte
	open bool
	// quote is the quote that the reader is in, or zero.
	quote byte
	// output says that the next word is a file that output goes to.
	output bool
}

func (r *scriptReader) part(text string) { r.word, r.open = append(r.word, text...), true }

func (r *scriptReader) endWord(i int) {
	if r.open {
		w := scriptWord{string(r.word), i}
		if r.output {
			r.current.outputs = append(r.current.outputs, w)
		} else {
			r.current.words = append(r.current.words, w)
		}
		r.word, r.open, r.output = r.word[:0], false, false
	}
}

func (r *scriptReader) endCommand(yield func(scriptCommand) bool) bool {
	c := r.current
	r.current, r.output = scriptCommand{}, false
	if len(c.words)+len(c.outputs) == 0 {
		return true
	}
	c.shell = r.shell
	// In "$x = command", the command is what matters.
	if len(c.words) > 2 && c.words[1].text == "=" {
		c.words = c.words[2:]
	}
	return yield(c)
}

// read reads the i-th word of the container's command. It returns false if yield
// did.
func (r *scriptReader) read(text string, i int, yield func(scriptCommand) bool) bool {
	power := r.shell == cmdline.PowerShell
	for j := 0; j < len(text); j++ {
		c := text[j]
		switch {
		case r.quote != 0:
			switch {
			case c == r.quote:
				r.quote = 0
			case power && c == '`' && r.quote == '"' && j+1 < len(text):
				j++
				r.part(text[j : j+1])
			default:
				r.part(text[j : j+1])
			}
		case c == '"' || power && c == '\'':
			r.quote, r.open = c, true
		case power && c == '`' || !power && c == '^':
			if j++; j < len(text) && text[j] != '\n' {
				r.part(text[j : j+1])
			}
		case power && strings.HasPrefix(text[j:], "${"):
			end := strings.IndexByte(text[j:], '}')
			if end < 0 {
				end = len(text) - j - 1
			}
			r.part(text[j : j+end+1])
			j += end
		case c == '>':
			if s := string(r.word); s == "*" || len(s) == 1 && '0' <= s[0] && s[0] <= '9' {
				r.word, r.open = r.word[:0], false
			}
			r.endWord(i)
			for j+1 < len(text) && text[j+1] == '>' {
				j++
			}
			if j+1 < len(text) && text[j+1] == '&' {
				j += 2 // to where another output goes
				continue
			}
			r.output = true
		case power && c == '#' && !r.open:
			end := strings.IndexByte(text[j:], '\n')
			if end < 0 {
				return true
			}
			j += end - 1
		case c == ' ' || c == '\t' || c == '\r':
			r.endWord(i)
		case c == '\n' || c == '&' || c == '|' || c == '(' || c == ')' || power && (c == ';' || c == '{' || c == '}'):
			r.endWord(i)
			if !r.endCommand(yield) {
				return false
			}
		default:
			r.part(text[j : j+1])
		}
	}
	return true
}

// isNamed reports whether the command has one of some names.
func (s scriptCommand) isNamed(names ...string) bool {
	return len(s.words) > 0 && cmdline.IsNamed(strings.TrimPrefix(s.words[0].text, "@"), names...)
}

const (
	// everyArgument makes arguments return all arguments without a name, and
	// noArgument none.
	everyArgument = -1
	noArgument    = -2
)

// arguments returns the values of the parameters with some names, in lower case, and
// the argument without a name at an index: of those that are not the value of a
// parameter. A parameter -Path takes the place of the first.
func (s scriptCommand) arguments(names []string, index int) []scriptWord {
	var found, plain []scriptWord
	for i := 1; i < len(s.words); i++ {
		w := s.words[i]
		switch {
		case s.shell == cmdline.CmdShell && isCmdSwitch(w.text):
		case s.shell != cmdline.PowerShell || !strings.HasPrefix(w.text, "-") || len(w.text) < 2:
			plain = append(plain, w)
		case isPowerShellSwitch(w.text):
		default:
			name, value, attached := strings.Cut(strings.ToLower(w.text), ":")
			if attached {
				w.text = w.text[len(w.text)-len(value):]
			} else if i++; i < len(s.words) {
				w = s.words[i]
			}
			if slices.Contains(names, name) {
				found = append(found, w)
			}
			if (name == "-path" || name == "-literalpath") && index > 0 {
				index--
			}
		}
	}
	switch {
	case index == everyArgument:
		found = append(found, plain...)
	case len(found) == 0 && index >= 0 && index < len(plain):
		found = append(found, plain[index])
	}
	return found
}

// isCmdSwitch reports whether an argument of a command of cmd is a switch, such as
// /Y or /XD:, and not a path that starts with a slash.
func isCmdSwitch(text string) bool {
	if len(text) < 2 || text[0] != '/' || !cmdline.IsNameByte(text[1]) {
		return false
	}
	name, _, _ := strings.Cut(text[1:], ":")
	return len(name) <= 3
}

// isPowerShellSwitch reports whether a parameter of the commands in writers takes no
// value.
func isPowerShellSwitch(text string) bool {
	switch strings.ToLower(text) {
	case "-recurse", "-r", "-force", "-f", "-verbose", "-passthru", "-nonewline", "-whatif", "-append", "-container",
		"-noclobber", "-usebasicparsing", "-wait", "-nonewwindow", "-nnw", "-usenewenvironment", "-loaduserprofile":
		return true
	}
	return strings.Contains(text, ":$")
}
