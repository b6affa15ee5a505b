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
	// more: it follows a comma, and belongs to the argument before it.
	more bool
}

// scriptCommands ranges over the commands of the script that the line runs: what
// follows cmd /c or PowerShell's -Command, or the line itself where it has neither,
// which cmd runs on nodes with the bind filter. Of cmd it knows quotes, the signs
// between commands and redirections. A command in brackets comes before the one that
// it is an argument of.
func (c command) scriptCommands(yield func(scriptCommand) bool) {
	if script, ok := c.PowerShellScript(); ok {
		script.Replaced = !c.decoded
		r := powerShellReader{script: script}
		for part := range script.Parts {
			if !r.read(part, yield) {
				return
			}
		}
		r.end(0, yield)
		return
	}
	shell, from := c.Shell(), c.ScriptStart()
	if shell != cmdline.NoShell && (shell != cmdline.CmdShell || from == 0) {
		return
	}
	r := cmdReader{}
	for i := from; i < c.Len(); i++ {
		word := c.Word(i)
		if i > from && strings.ContainsAny(word, " \t") {
			r.part(word)
			r.endWord(i)
			continue
		}
		if !r.read(word, i, yield) {
			return
		}
		if r.quoted {
			r.part(" ")
		} else {
			r.endWord(i)
		}
	}
	r.endWord(c.Len() - 1)
	r.endCommand(yield)
}

// powerShellReader makes commands of the parts of a script.
type powerShellReader struct {
	script cmdline.LineScript
	// open are the commands that the reader is in, one for each pair of brackets.
	open []scriptCommand
	// more: a comma was read after an argument.
	more bool
}

// read takes a part of the script. It returns false if yield did.
func (r *powerShellReader) read(part cmdline.Part, yield func(scriptCommand) bool) bool {
	if !r.end(part.Depth+1, yield) {
		return false
	}
	text := r.script.Text[part.Start:part.End]
	switch part.Kind {
	case cmdline.PartComment:
		return true
	case cmdline.PartSign:
		switch text {
		case ";", "\n", "|", "||", "&", "&&":
			r.more = false
			return r.end(part.Depth, yield)
		case ",":
			r.more = true
		}
		if part.Place == cmdline.PlaceOperator {
			return true
		}
		// A bracket is an argument that isn't known.
	}
	switch part.Place {
	case cmdline.PlaceOperand, cmdline.PlaceOperator, cmdline.PlaceKey:
		return true
	case cmdline.PlaceCommand, cmdline.PlaceValue, cmdline.PlaceInvoked:
		if !part.Joined && !r.end(part.Depth, yield) {
			return false
		}
	}
	for len(r.open) <= part.Depth {
		r.open = append(r.open, scriptCommand{shell: cmdline.PowerShell})
	}
	current := &r.open[part.Depth]
	words := &current.words
	if part.Place == cmdline.PlaceOutput {
		words = &current.outputs
	}
	text = withoutEscapes(text, part.Kind)
	if n := len(*words); part.Joined && n > 0 {
		(*words)[n-1].text += text
	} else {
		*words = append(*words, scriptWord{text, r.script.WordAt(part.Start), r.more})
	}
	r.more = false
	return true
}

// end ends the commands that are at a depth or deeper. It returns false if yield did.
func (r *powerShellReader) end(depth int, yield func(scriptCommand) bool) bool {
	for len(r.open) > depth {
		last := r.open[len(r.open)-1]
		r.open = r.open[:len(r.open)-1]
		if len(last.words)+len(last.outputs) > 0 && !yield(last) {
			return false
		}
	}
	return true
}

// withoutEscapes is the text of a part of a script of PowerShell.
func withoutEscapes(text string, kind cmdline.PartKind) string {
	switch {
	case kind == cmdline.PartSingleQuoted:
		return strings.ReplaceAll(text, "''", "'")
	case strings.IndexByte(text, '`') < 0:
		return text
	}
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] == '`' && i+1 < len(text) {
			i++
		}
		b.WriteByte(text[i])
	}
	return b.String()
}

// cmdReader is the state in which a script of cmd is read.
type cmdReader struct {
	current scriptCommand
	// word is the start of the current word. open is true if there is one; it may be
	// empty.
	word []byte
	open bool
	// quoted: the reader is between quotes.
	quoted bool
	// output says that the next word is a file that output goes to.
	output bool
}

func (r *cmdReader) part(text string) { r.word, r.open = append(r.word, text...), true }

func (r *cmdReader) endWord(i int) {
	if r.open {
		w := scriptWord{text: string(r.word), word: i}
		if r.output {
			r.current.outputs = append(r.current.outputs, w)
		} else {
			r.current.words = append(r.current.words, w)
		}
		r.word, r.open, r.output = r.word[:0], false, false
	}
}

func (r *cmdReader) endCommand(yield func(scriptCommand) bool) bool {
	c := r.current
	r.current, r.output = scriptCommand{}, false
	c.shell = cmdline.CmdShell
	return len(c.words)+len(c.outputs) == 0 || yield(c)
}

// read reads the i-th word of the container's command. It returns false if yield
// did.
func (r *cmdReader) read(text string, i int, yield func(scriptCommand) bool) bool {
	for j := 0; j < len(text); j++ {
		c := text[j]
		switch {
		case c == '"':
			r.quoted, r.open = !r.quoted, true
		case r.quoted:
			r.part(text[j : j+1])
		case c == '^':
			if j++; j < len(text) && text[j] != '\n' {
				r.part(text[j : j+1])
			}
		case c == '>':
			if s := string(r.word); len(s) == 1 && '0' <= s[0] && s[0] <= '9' {
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
		case c == ' ' || c == '\t' || c == '\r':
			r.endWord(i)
		case c == '\n' || c == '&' || c == '|' || c == '(' || c == ')':
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
	var found, plain, all []scriptWord
	named := false // the last argument is the value of a parameter with one of the names
	for i := 1; i < len(s.words); i++ {
		w := s.words[i]
		switch {
		case w.more && named:
			found = append(found, w)
		case w.more:
			all = append(all, w)
		case s.shell == cmdline.CmdShell && isCmdSwitch(w.text):
		case s.shell != cmdline.PowerShell || !strings.HasPrefix(w.text, "-") || len(w.text) < 2:
			plain, all, named = append(plain, w), append(all, w), false
		case isPowerShellSwitch(w.text):
		default:
			name, value, attached := strings.Cut(strings.ToLower(w.text), ":")
			if attached {
				w.text = w.text[len(w.text)-len(value):]
			} else if i++; i < len(s.words) {
				w = s.words[i]
			}
			if named = slices.Contains(names, name); named {
				found = append(found, w)
			}
			if (name == "-path" || name == "-literalpath") && index > 0 {
				index--
			}
		}
	}
	switch {
	case index == everyArgument:
		found = append(found, all...)
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
