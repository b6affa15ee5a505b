// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package cmdline

import (
	"slices"
	"strings"
)

// Shell is who reads the words of a line behind the first one.
type Shell uint8

const (
	// NoShell is a program that takes its arguments as they are.
	NoShell Shell = iota
	// CmdShell is cmd.
	CmdShell
	// PowerShell is PowerShell, of Windows or of its own.
	PowerShell
	// UnknownShell is the image's entrypoint, whatever that is.
	UnknownShell
)

// Shell tells who reads the line from its first word.
func (l Line) Shell() Shell {
	switch {
	case l.Len() == 0:
		return UnknownShell
	case IsNamed(l.Word(0), "powershell", "pwsh"):
		return PowerShell
	case IsNamed(l.Word(0), "cmd"):
		return CmdShell
	case len(l.Command) == 0:
		return UnknownShell
	}
	return NoShell
}

// Expands reports whether the shell expands a reference to the sandbox variable
// that the runtime has left alone.
func (s Shell) Expands(reference string) bool {
	switch s {
	case CmdShell:
		return strings.EqualFold(reference, CmdToken)
	case PowerShell:
		return strings.EqualFold(reference, PowerShellToken) || strings.EqualFold(reference, "${env:"+SandboxVariable+"}")
	}
	return false
}

// Program returns the first word, if that is the name of a program. It is empty for
// the image's entrypoint, and for a word that is none; see [BadProgram].
func (l Line) Program() string {
	if len(l.Command) == 0 || BadProgram(l.Command[0]) != "" {
		return ""
	}
	return l.Command[0]
}

// Programs ranges over the programs that the line starts, with the index of their
// words: the first word, and what a cmd or PowerShell that is named first is told
// to start.
func (l Line) Programs(yield func(int, string) bool) {
	if len(l.Command) == 0 {
		return
	}
	if word := l.Program(); word != "" && !yield(0, word) {
		return
	}
	if i, word := l.inner(); word != "" {
		yield(i, word)
	}
}

// CmdTarget returns the program that the line is there for, with the index of its
// word: what a cmd that is named first is told to start, and else the first word.
func (l Line) CmdTarget() (int, string) {
	if l.Shell() == CmdShell {
		return l.inner()
	}
	return 0, l.Program()
}

// inner is the program that a cmd or PowerShell is told to start, and where it
// stands; nothing where the line starts with another program, or runs a file.
func (l Line) inner() (int, string) {
	switch l.Shell() {
	case CmdShell:
		for i := 1; i+1 < l.Len(); i++ {
			if flag := l.Word(i); strings.EqualFold(flag, "/c") || strings.EqualFold(flag, "/k") {
				return i + 1, cmdProgram(l.Word(i + 1))
			}
		}
	case PowerShell:
		if i := l.startOfScript(); i > 0 && !l.RunsFile() {
			return i, firstWord(l.Word(i))
		}
	}
	return 0, ""
}

// cmdProgram is the program that a word behind cmd /c starts: all of it, where it
// is a path with blanks, else up to the first blank. It is empty where that can't
// be told.
func cmdProgram(word string) string {
	first := firstWord(word)
	switch {
	case !strings.Contains(word, " "), HoldsLine(word), IsBare(first), IsPosixPath(first):
		return first
	case IsExecutable(word):
		return word
	}
	return ""
}

// ScriptStart returns the index of the word that the script of a cmd or PowerShell
// starts with. It is zero where the line has none, or runs a file.
func (l Line) ScriptStart() int {
	switch l.Shell() {
	case CmdShell:
		i, _ := l.inner()
		return i
	case PowerShell:
		if !l.RunsFile() {
			return l.startOfScript()
		}
	}
	return 0
}

// startOfScript is the index of the word that the script of a PowerShell starts
// with, or zero.
func (l Line) startOfScript() int {
	for i := 1; i < l.Len(); i++ {
		switch word := l.Word(i); {
		case isCommandFlag(word):
			if i+1 < l.Len() {
				return i + 1
			}
			return 0
		case slices.ContainsFunc(flagsWithValue[:], func(flag string) bool { return strings.EqualFold(flag, word) }):
			i++ // and its value
		case !strings.HasPrefix(word, "-"):
			return i
		}
	}
	return 0
}

// StartsScript reports whether the i-th word is the first of the script that a
// PowerShell runs.
func (l Line) StartsScript(i int) bool {
	return i > 0 && (i == 1 || isCommandFlag(l.Word(i-1))) && l.Shell() == PowerShell
}

// flagsWithValue are the flags of PowerShell that the next word belongs to, but
// for -Command and -File.
var flagsWithValue = [...]string{
	"-executionpolicy", "-exec", "-ex", "-ep", "-version", "-windowstyle", "-w", "-inputformat", "-outputformat",
	"-encodedcommand", "-enc", "-ec", "-e", "-configurationname", "-psconsolefile",
}

// isCommandFlag reports whether a word tells PowerShell to run what follows.
func isCommandFlag(word string) bool {
	return strings.EqualFold(word, "-command") || strings.EqualFold(word, "-c")
}

// IsFileFlag reports whether a word tells PowerShell to run a file.
func IsFileFlag(word string) bool {
	return strings.EqualFold(word, "-file") || strings.EqualFold(word, "-f")
}

// firstWord is the program at the start of a script of cmd or PowerShell, without
// the quotes around it.
func firstWord(script string) string {
	script = strings.TrimLeft(script, " \t\r\n&@")
	if script != "" && (script[0] == '"' || script[0] == '\'') {
		word, _, _ := strings.Cut(script[1:], script[:1])
		return word
	}
	if end := strings.IndexAny(script, " \t\r\n;|&<>(){}\"'"); end >= 0 {
		script = script[:end]
	}
	return script
}

// BadProgram says why a word can't be the name of a program, or nothing.
func BadProgram(word string) string {
	switch {
	case word == "":
		return "is empty"
	case strings.IndexByte(word, '"') >= 0:
		return "has a quote in it"
	case HoldsLine(word):
		return "holds a whole command line"
	}
	return ""
}

// HoldsLine reports whether a word is a program and its arguments, rather than a
// path with blanks.
func HoldsLine(word string) bool {
	first, rest, blank := strings.Cut(strings.TrimSpace(word), " ")
	if !blank {
		return false
	}
	first = strings.TrimRight(first, ";&|")
	if Ext(first) == ".exe" || IsNamed(first, "powershell", "pwsh", "cmd", "sh", "bash") {
		return true
	}
	for more := true; more; {
		var next string
		next, rest, more = strings.Cut(rest, " ")
		if len(next) > 1 && (next[0] == '-' || next[0] == '/') && IsNameByte(next[1]) || strings.HasPrefix(next, "--") {
			return true
		}
	}
	return false
}

// Script returns the word that is the script a PowerShell runs, with its index:
// what follows -File, or a first argument that ends in .ps1.
func (l Line) Script() (int, string) {
	if l.Shell() != PowerShell {
		return 0, ""
	}
	for i := 1; i < l.Len(); i++ {
		switch word := l.Word(i); {
		case IsFileFlag(word) && i+1 < l.Len():
			return i + 1, l.Word(i + 1)
		case strings.HasPrefix(word, "-"):
		case Ext(word) == ".ps1" && strings.IndexByte(word, ' ') < 0:
			return i, word
		}
	}
	return 0, ""
}

// RunsFile reports whether the line tells PowerShell to run a file, in whose
// arguments it expands nothing.
func (l Line) RunsFile() bool {
	for i := range l.Len() {
		if IsFileFlag(l.Word(i)) {
			return true
		}
	}
	return false
}

// IsExecutable reports whether cmd and PowerShell run a file, by its extension.
func IsExecutable(path string) bool {
	switch Ext(path) {
	case ".exe", ".com", ".cmd", ".bat", ".ps1":
		return true
	}
	return false
}

// IsPosixPath reports whether a program is in one of the directories in which Linux
// keeps its own, by a name that isn't that of a Windows program.
func IsPosixPath(word string) bool {
	if !strings.HasPrefix(word, "/") || Ext(word) != "" {
		return false
	}
	for _, dir := range [...]string{"/bin/", "/sbin/", "/usr/bin/", "/usr/sbin/"} {
		if strings.HasPrefix(word, dir) {
			return true
		}
	}
	return false
}

// HasAnyWord reports whether a word of the line has any of some words; see
// [HasWord].
func (l Line) HasAnyWord(words ...string) bool {
	for i := range l.Len() {
		for _, word := range words {
			if HasWord(l.Word(i), word) {
				return true
			}
		}
	}
	return false
}
