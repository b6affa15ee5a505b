// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"slices"
	"strings"

	"github.com/hostprocess-go/sdk/internal/winpath"
)

// shell is who reads the words behind the first one.
type shell uint8

const (
	noShell shell = iota // a program that takes its arguments as they are
	cmdShell
	powerShell
	unknownShell // the image's entrypoint, whatever that is
)

// shell says who reads the line, from its first word.
func (c command) shell() shell {
	switch {
	case c.words() == 0:
		return unknownShell
	case named(c.word(0), "powershell", "pwsh"):
		return powerShell
	case named(c.word(0), "cmd"):
		return cmdShell
	case len(c.command) == 0:
		return unknownShell
	}
	return noShell
}

// program is the first word, where that is the name of a program. It is empty for
// the image's entrypoint, and for a word that is no program: see badProgram.
func (c command) program() string {
	if len(c.command) == 0 || badProgram(c.command[0]) != "" {
		return ""
	}
	return c.command[0]
}

// programs ranges over the programs that the line starts, and where they stand:
// the first word, and what a cmd or PowerShell that is named first is told to
// start. A word that is no program, see badProgram, is left out.
func (c command) programs(yield func(int, string) bool) {
	if c.special&program == 0 || len(c.command) == 0 {
		return
	}
	if word := c.program(); word != "" && !yield(0, word) {
		return
	}
	if i, word := c.inner(); word != "" {
		yield(i, word)
	}
}

// inner is the program that a cmd or PowerShell is told to start, and where it
// stands; nothing where the line starts with another program, or runs a file.
func (c command) inner() (int, string) {
	switch c.shell() {
	case cmdShell:
		for i := 1; i+1 < c.words(); i++ {
			if flag := c.word(i); strings.EqualFold(flag, "/c") || strings.EqualFold(flag, "/k") {
				return i + 1, cmdProgram(c.word(i + 1))
			}
		}
	case powerShell:
		if i := c.startOfScript(); i > 0 && !c.runsFile() {
			return i, firstWord(c.word(i))
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
	case !strings.Contains(word, " "), wholeLine(word), bare(first), isPosixPath(first):
		return first
	case executable(word):
		return word
	}
	return ""
}

// startOfScript is the index of the word that the script of a PowerShell starts
// with, or zero.
func (c command) startOfScript() int {
	for i := 1; i < c.words(); i++ {
		switch word := c.word(i); {
		case isCommandFlag(word):
			if i+1 < c.words() {
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

// flagsWithValue are the flags of PowerShell that the next word belongs to, but
// for -Command and -File.
var flagsWithValue = [...]string{
	"-executionpolicy", "-exec", "-ex", "-ep", "-version", "-windowstyle", "-w", "-inputformat", "-outputformat",
	"-encodedcommand", "-enc", "-ec", "-e", "-configurationname", "-psconsolefile",
}

// isCommandFlag says whether a word tells PowerShell to run what follows.
func isCommandFlag(word string) bool {
	return strings.EqualFold(word, "-command") || strings.EqualFold(word, "-c")
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

// badProgram says why a word can't be the name of a program, or nothing.
func badProgram(word string) string {
	switch {
	case word == "":
		return "is empty"
	case strings.IndexByte(word, '"') >= 0:
		return "has a quote in it"
	case wholeLine(word):
		return "holds a whole command line"
	}
	return ""
}

// wholeLine says whether a word is a program and its arguments, rather than a
// path with blanks.
func wholeLine(word string) bool {
	first, rest, blank := strings.Cut(strings.TrimSpace(word), " ")
	if !blank {
		return false
	}
	first = strings.TrimRight(first, ";&|")
	if extension(first) == ".exe" || named(first, "powershell", "pwsh", "cmd", "sh", "bash") {
		return true
	}
	for more := true; more; {
		var next string
		next, rest, more = strings.Cut(rest, " ")
		if len(next) > 1 && (next[0] == '-' || next[0] == '/') && isNameByte(next[1]) || strings.HasPrefix(next, "--") {
			return true
		}
	}
	return false
}

// script returns the word that is the script a PowerShell runs, and where it
// stands: what follows -File, or a first argument that ends in .ps1.
func (c command) script() (int, string) {
	if c.shell() != powerShell {
		return 0, ""
	}
	for i := 1; i < c.words(); i++ {
		switch word := c.word(i); {
		case isFileFlag(word) && i+1 < c.words():
			return i + 1, c.word(i + 1)
		case strings.HasPrefix(word, "-"):
		case extension(word) == ".ps1" && strings.IndexByte(word, ' ') < 0:
			return i, word
		}
	}
	return 0, ""
}

// runsFile says whether the line tells PowerShell to run a file, in whose
// arguments it expands nothing.
func (c command) runsFile() bool {
	for i := range c.words() {
		if isFileFlag(c.word(i)) {
			return true
		}
	}
	return false
}

// isFileFlag says whether a word tells PowerShell to run a file.
func isFileFlag(word string) bool {
	return strings.EqualFold(word, "-file") || strings.EqualFold(word, "-f")
}

// named says whether a word is one of some programs: in any directory, in any
// case of letters, with or without .exe.
func named(word string, names ...string) bool {
	name := base(word)
	if stem := len(name) - len(".exe"); stem >= 0 && strings.EqualFold(name[stem:], ".exe") {
		name = name[:stem]
	}
	for _, n := range names {
		if len(n) == len(name) && strings.EqualFold(n, name) {
			return true
		}
	}
	return false
}

// bare says whether a program is a name without a directory.
func bare(word string) bool { return len(base(word)) == len(word) && strings.IndexByte(word, ':') < 0 }

// base is the last element of a path.
func base(path string) string {
	for i := len(path); i > 0; i-- {
		if winpath.IsSeparator(path[i-1]) {
			return path[i:]
		}
	}
	return path
}

// extension is what the last element of a path ends in, in lower case, for the
// few that mean something: ".exe"; else the part behind the last dot as it is.
func extension(path string) string {
	name := base(path)
	dot := strings.LastIndexByte(name, '.')
	if dot < 0 {
		return ""
	}
	for _, known := range [...]string{".exe", ".com", ".cmd", ".bat", ".ps1", ".psm1", ".sh", ".py", ".pl", ".rb", ".js", ".vbs", ".jar"} {
		if strings.EqualFold(name[dot:], known) {
			return known
		}
	}
	return name[dot:]
}

// hasWord says whether a text has a word, in any case of letters, with nothing
// of a name before and behind it.
func hasWord(text, word string) bool {
	for text != "" {
		i := indexFold(text, word)
		if i < 0 {
			return false
		}
		end := i + len(word)
		if (i == 0 || !isNameByte(text[i-1])) && (end == len(text) || !isNameByte(text[end])) {
			return true
		}
		// What follows is inside of a longer name up to its end.
		for end < len(text) && isNameByte(text[end]) {
			end++
		}
		text = text[end:]
	}
	return false
}

// indexFold is strings.Index without regard to the case of ASCII letters. The
// part is in lower case, and starts with a letter.
func indexFold(text, part string) int {
	for i := range len(text) - len(part) + 1 {
		if text[i]|0x20 == part[0] && strings.EqualFold(text[i:i+len(part)], part) {
			return i
		}
	}
	return -1
}

func hasPrefixFold(text, prefix string) bool {
	return len(text) >= len(prefix) && strings.EqualFold(text[:len(prefix)], prefix)
}

// hasAnyWord says whether a word of the line has any of some words.
func (c command) hasAnyWord(words ...string) bool {
	for i := range c.words() {
		for _, word := range words {
			if hasWord(c.word(i), word) {
				return true
			}
		}
	}
	return false
}

// isNameByte says whether a byte can be part of the name of a variable, a
// command or a file; a dot can't.
func isNameByte(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '_' || c == '-' || c >= 0x80
}
