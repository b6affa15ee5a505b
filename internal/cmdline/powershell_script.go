// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package cmdline

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"strings"
	"unicode/utf16"

	"github.com/hostprocess-go/sdk/internal/winpath"
)

// LineScript is the script in the arguments of PowerShell: all words after -Command,
// joined by spaces, or the one after -CommandWithArgs.
type LineScript struct {
	PowerShellScript
	line Line
	// word is the index of a word of the line, which starts at an index of the script.
	word, start int
}

// PowerShellScript returns the script in the line, if there is one that PowerShell
// reads. The runtime has replaced the tokens in it.
func (l Line) PowerShellScript() (LineScript, bool) {
	if l.Shell() != PowerShell {
		return LineScript{}, false
	}
	i := l.ScriptStart()
	if i == 0 {
		return LineScript{}, false
	}
	text := l.Word(i)
	name, _ := parameterName(l.Word(i - 1))
	if withArguments := strings.EqualFold(name, "cwa") || strings.EqualFold(name, "commandwithargs"); i+1 < l.Len() && !withArguments {
		var b strings.Builder
		for j := i; j < l.Len(); j++ {
			if j > i {
				b.WriteByte(' ')
			}
			b.WriteString(l.Word(j))
		}
		text = b.String()
	}
	return LineScript{PowerShellScript{text, true}, l, i, 0}, true
}

// WordAt returns the index of the word of the line that contains an index of the script.
// The indexes of successive calls must not decrease.
func (s *LineScript) WordAt(index int) int {
	for s.word+1 < s.line.Len() && index > s.start+len(s.line.Word(s.word)) {
		s.start += len(s.line.Word(s.word)) + 1
		s.word++
	}
	return s.word
}

// Decoded returns the line with -Command and the decoded script instead of
// -EncodedCommand, if the line has that. No token is replaced in such a script.
func (l Line) Decoded() (Line, bool) {
	i := l.encodedScript()
	if i == 0 {
		return Line{}, false
	}
	script, fault := decodeScript(l.Word(i))
	if fault != 0 {
		return Line{}, false
	}
	words := make([]string, 0, i+1)
	for j := range i - 1 {
		words = append(words, l.Word(j))
	}
	words = append(words, "-Command", script)
	n := min(len(words), len(l.Command))
	return Line{Command: words[:n:n], Args: words[n:]}, true
}

// EncodingFault is why a word after -EncodedCommand isn't a script.
type EncodingFault uint8

const (
	// EncodingLong: it is too long for Windows, and wasn't decoded.
	EncodingLong EncodingFault = 1 + iota
	// EncodingNoBase64: it isn't base64.
	EncodingNoBase64
	// EncodingNoUTF16: the decoded bytes aren't UTF-16.
	EncodingNoUTF16
)

// BadEncoding returns the index of the word after -EncodedCommand, and what is wrong
// with it; zero if nothing is, or the line has none.
func (l Line) BadEncoding() (int, EncodingFault) {
	i := l.encodedScript()
	if i == 0 {
		return 0, 0
	}
	_, fault := decodeScript(l.Word(i))
	return i, fault
}

// encodedScript returns the index of the word after -EncodedCommand, or zero.
func (l Line) encodedScript() int {
	if l.Shell() != PowerShell {
		return 0
	}
	if runs, i := l.powerShell(); runs == runsEncoded {
		return i
	}
	return 0
}

// decodeScript decodes base64 of UTF-16. Every script has some ASCII characters, and
// they have a zero byte in UTF-16.
func decodeScript(word string) (script string, fault EncodingFault) {
	if len(word) > mostForWindows {
		return "", EncodingLong
	}
	// PowerShell ignores white space.
	raw, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(word), ""))
	switch {
	case err != nil:
		return "", EncodingNoBase64
	case len(raw)%2 != 0, len(raw) > 0 && bytes.IndexByte(raw, 0) < 0:
		return "", EncodingNoUTF16
	}
	units := make([]uint16, len(raw)/2)
	for i := range units {
		units[i] = binary.LittleEndian.Uint16(raw[2*i:])
	}
	return string(utf16.Decode(units)), 0
}

// PathFault is why PowerShell doesn't read a path as one.
type PathFault uint8

const (
	// PathRun: it runs the path as a command.
	PathRun PathFault = 1 + iota
	// PathNoValue: it can't read the script, which has no value where one must be.
	PathNoValue
	// PathFollowed: it can't parse the text after the path.
	PathFollowed
)

// MisplacedPath finds the first token whose path PowerShell doesn't read as a path, or
// runs although it isn't a program. A path without an extension at the start of a
// statement may be a program. From is the index of the sign that is the cause, if there
// is one before the path.
func (s PowerShellScript) MisplacedPath() (path Part, from int, fault PathFault) {
	if !s.Replaced || !HasToken(s.Text) {
		return Part{}, 0, 0
	}
	// last and before are the parts before this one, and program is the last path that
	// is run.
	var last, before, program Part
	for part := range s.Parts {
		text := s.Text[part.Start:part.End]
		sign := part.Kind == PartSign
		switch {
		case part.Kind == PartComment:
			continue
		case sign && text == "," && part.Depth == last.Depth:
			switch parameter := s.isParameter(last); {
			case program.End > 0 && program.Depth == part.Depth && (parameter || last == program):
				return program, program.Start, PathFollowed
			case parameter && s.isPath(before) && before.Depth == part.Depth:
				return before, before.Start, PathFollowed
			}
		case last.Place == PlaceOutput && last.Depth == part.Depth && s.isPath(last) && !part.Joined &&
			part.Place == PlaceOperator && (!sign || text[0] == '-'):
			return last, last.Start, PathFollowed
		case sign:
			if part.Depth <= program.Depth {
				program = Part{}
			}
		case !s.isPath(part):
		case part.Place == PlaceOperand:
			return part, s.signBefore(last, part), PathNoValue
		case part.Place == PlaceValue && !IsExecutable(text), part.Place == PlaceCommand && isNoProgram(text) && !s.goesOn(part.End):
			return part, s.signBefore(last, part), PathRun
		case part.Place == PlaceCommand || part.Place == PlaceValue:
			program = part
		}
		last, before = part, last
	}
	return Part{}, 0, 0
}

// signBefore is where a sign starts that is before a part on its line, or the part.
func (s PowerShellScript) signBefore(last, part Part) int {
	if last.Kind == PartSign && last.End > 0 && s.Text[last.Start] != '\n' {
		return last.Start
	}
	return part.Start
}

// goesOn reports whether a word goes on after a part of it that ends at an index.
func (s PowerShellScript) goesOn(end int) bool {
	if end == len(s.Text) {
		return false
	}
	_, n := psQuote(s.Text[end:])
	return n > 0 || s.Text[end] == '$'
}

// isPath reports whether a word without quotes starts with a token.
func (s PowerShellScript) isPath(part Part) bool {
	return part.Kind == PartBare && !part.Joined && Token(s.Text[part.Start:part.End]) != ""
}

// isParameter reports whether a part is the name of a parameter, without a value.
func (s PowerShellScript) isParameter(part Part) bool {
	text := s.Text[part.Start:part.End]
	return part.Kind == PartBare && !part.Joined && part.Place == PlaceArgument &&
		len(text) > 1 && text[0] == '-' && IsLetter(text[1]) && strings.IndexByte(text, ':') < 0
}

// isNoProgram reports whether a path that starts with a token is that of the root, or
// has another extension than a program.
func isNoProgram(path string) bool {
	return strings.Trim(path[len(Token(path)):], `\/`) == "" || Ext(path) != "" && !IsExecutable(path)
}

// ReferenceFault is the reason why PowerShell doesn't expand a reference to the sandbox
// variable that it would expand elsewhere.
type ReferenceFault uint8

const (
	// ReferenceQuoted: it is in single quotes.
	ReferenceQuoted ReferenceFault = 1 + iota
	// ReferencePath: a path without quotes follows it where an expression is, so that
	// PowerShell can't read the script.
	ReferencePath
)

// MisreadReferences ranges over the references to the sandbox variable that are left
// to PowerShell, which doesn't read them as such.
func (s PowerShellScript) MisreadReferences(yield func(at Part, fault ReferenceFault) bool) {
	for part := range s.Parts {
		if part.Kind != PartBare && part.Kind != PartSingleQuoted {
			continue
		}
		text := s.Text[part.Start:part.End]
		for start, end, found := NextSandboxReference(text, 0); found; start, end, found = NextSandboxReference(text, end) {
			reference, rest := text[start:end], s.Text[part.Start+end:]
			var fault ReferenceFault
			switch {
			case start > 0, !PowerShell.Expands(reference), s.Replaced && Token(reference) != "":
				// In the middle of a text in quotes, and in a here-string, it can be meant
				// as text.
			case part.Kind == PartSingleQuoted:
				if s.Text[part.Start-1] != '\n' && (end == len(text) || winpath.IsSeparator(rest[0])) {
					fault = ReferenceQuoted
				}
			case part.Kind == PartBare && part.Place == PlaceOperand && rest != "" && winpath.IsSeparator(rest[0]):
				fault = ReferencePath
			}
			at := part
			at.Start, at.End = part.Start+start, part.Start+end
			if fault != 0 && !yield(at, fault) {
				return
			}
		}
	}
}

// IsBlock reports whether the script is a block in braces and nothing else, which is a
// value, and how many bytes of it come before the block.
func (s PowerShellScript) IsBlock() (start int, block bool) {
	n := 0
	for part := range s.Parts {
		if part.Depth > 0 || part.Kind == PartComment || part.Kind == PartSign && s.Text[part.Start] == '\n' {
			continue
		}
		switch n++; {
		case n == 1 && part.Kind == PartSign && s.Text[part.Start] == '{':
			start = part.Start
		case n == 2 && part.Kind == PartSign && s.Text[part.Start] == '}':
			block = true
		default:
			return 0, false
		}
	}
	return start, block
}
