// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package cmdline

import "strings"

// Shell is the program that interprets the words of a line after the first one.
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

// Shell returns the shell that the first word names.
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
// words: the first word and, if that is cmd or PowerShell, the program in its arguments.
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

// CmdTarget returns the program that the line is for, with the index of its word: the
// program in the arguments of cmd if the first word is cmd, and else the first word.
func (l Line) CmdTarget() (int, string) {
	if l.Shell() == CmdShell {
		return l.inner()
	}
	return 0, l.Program()
}

// inner returns the program in the arguments of cmd or PowerShell, and the index of its
// word. It returns "" if the line starts with another program or runs a file.
func (l Line) inner() (int, string) {
	switch l.Shell() {
	case CmdShell:
		for i := 1; i+1 < l.Len(); i++ {
			if flag := l.Word(i); strings.EqualFold(flag, "/c") || strings.EqualFold(flag, "/k") {
				return i + 1, cmdProgram(l.Word(i + 1))
			}
		}
	case PowerShell:
		if i := l.ScriptStart(); i > 0 {
			return i, firstWord(l.Word(i))
		}
	}
	return 0, ""
}

// cmdProgram returns the program that the word after cmd /c starts: the whole word if it
// is a path with spaces, else the part before the first space. It returns "" if both are
// possible.
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
		if runs, i := l.powerShell(); runs == runsCommand {
			return i
		}
	}
	return 0
}

// powerShellRuns is what PowerShell runs, by its arguments.
type powerShellRuns uint8

const (
	runsNothing powerShellRuns = iota
	runsCommand
	runsFile
	runsEncoded
	// runsVersion prints the version, except for Windows PowerShell, which takes a
	// version.
	runsVersion
)

// powerShell reads the arguments of a PowerShell, and returns what it runs and the
// index of the word in which that starts, or zero. The first word that is no
// parameter, and no value of one, is a command for Windows PowerShell, and a file for
// PowerShell 7, which treats an unknown parameter as a file, too.
//
// Source: https://github.com/PowerShell/PowerShell/blob/v7.4.6/src/Microsoft.PowerShell.ConsoleHost/host/msh/CommandLineParameterParser.cs
func (l Line) powerShell() (powerShellRuns, int) {
	core := IsNamed(l.Word(0), "pwsh")
	for i := 1; i < l.Len(); i++ {
		name, ok := parameterName(l.Word(i))
		if !ok && !core {
			return runsCommand, i
		}
		runs, values, known := powerShellParameter(name, core)
		switch {
		case !ok, core && !known:
			return runsFile, i
		case core && runs == runsVersion:
			return runsNothing, 0
		case runs == runsNothing, runs == runsVersion:
			i += values
		case i+1 == l.Len():
			return runs, 0
		default:
			return runs, i + 1
		}
	}
	return runsNothing, 0
}

// powerShellParameter returns what a parameter runs and the number of words that are
// its value. Core is PowerShell 7.
func powerShellParameter(name string, core bool) (runs powerShellRuns, values int, known bool) {
	for _, p := range powerShellParameters {
		if abbreviates(name, p.name, p.shortest) && !(core && p.onlyWindows) {
			return p.runs, p.values, true
		}
	}
	return runsNothing, 0, false
}

// powerShellParameters are the parameters of PowerShell, in the order in which it looks
// for them, with the least that is written of them.
var powerShellParameters = [...]struct {
	name, shortest string
	runs           powerShellRuns
	values         int
	// onlyWindows: PowerShell 7 doesn't have it.
	onlyWindows bool
}{
	{name: "version", shortest: "v", runs: runsVersion, values: 1},
	{name: "help", shortest: "h"},
	{name: "?", shortest: "?"},
	{name: "login", shortest: "l"},
	{name: "noexit", shortest: "noe"},
	{name: "noprofile", shortest: "nop"},
	{name: "nologo", shortest: "nol"},
	{name: "noninteractive", shortest: "noni"},
	{name: "socketservermode", shortest: "so"},
	{name: "servermode", shortest: "s"},
	{name: "namedpipeservermode", shortest: "nam"},
	{name: "sshservermode", shortest: "sshs"},
	{name: "interactive", shortest: "i"},
	{name: "configurationfile", shortest: "configurationfile", values: 1},
	{name: "configurationname", shortest: "config", values: 1},
	{name: "custompipename", shortest: "cus", values: 1},
	{name: "commandwithargs", shortest: "commandwithargs", runs: runsCommand},
	{name: "cwa", shortest: "cwa", runs: runsCommand},
	{name: "command", shortest: "c", runs: runsCommand},
	{name: "windowstyle", shortest: "w", values: 1},
	{name: "file", shortest: "f", runs: runsFile},
	{name: "outputformat", shortest: "o", values: 1},
	{name: "of", shortest: "o", values: 1},
	{name: "inputformat", shortest: "inp", values: 1},
	{name: "if", shortest: "if", values: 1},
	{name: "executionpolicy", shortest: "ex", values: 1},
	{name: "ep", shortest: "ep", values: 1},
	{name: "encodedcommand", shortest: "e", runs: runsEncoded},
	{name: "ec", shortest: "e", runs: runsEncoded},
	{name: "encodedarguments", shortest: "encodeda", values: 1},
	{name: "ea", shortest: "ea", values: 1},
	{name: "settingsfile", shortest: "settings", values: 1},
	{name: "sta", shortest: "sta"},
	{name: "mta", shortest: "mta"},
	{name: "workingdirectory", shortest: "wo", values: 1},
	{name: "wd", shortest: "wd", values: 1},
	{name: "removeworkingdirectorytrailingcharacter", shortest: "removeworkingdirectorytrailingcharacter"},
	{name: "psconsolefile", shortest: "psc", values: 1, onlyWindows: true},
}

// parameterName returns a word without the dash or slash that makes it a parameter
// of PowerShell, which takes typographic dashes as well.
func parameterName(word string) (name string, ok bool) {
	for _, dash := range [...]string{"--", "-", "/", "\u2013", "\u2014", "\u2015"} {
		if name, ok := strings.CutPrefix(word, dash); ok && name != "" {
			return name, true
		}
	}
	return "", false
}

// abbreviates reports whether a word is the start of a name, and not shorter than
// the shortest that is known.
func abbreviates(word, name, shortest string) bool {
	return len(word) <= len(name) && len(word) >= len(shortest) && strings.EqualFold(word, name[:len(word)])
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

// BadProgram returns the reason why a word can't be the name of a program, or "".
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

// Script returns the word that names the script that PowerShell runs, with its index:
// the file that it runs, or a word of its command that ends in .ps1.
func (l Line) Script() (int, string) {
	if l.Shell() != PowerShell {
		return 0, ""
	}
	runs, start := l.powerShell()
	switch {
	case start == 0 || runs == runsEncoded || strings.HasPrefix(l.Word(start), "-"):
		return 0, ""
	case runs == runsFile:
		return start, l.Word(start)
	}
	for i := start; i < l.Len(); i++ {
		if word := l.Word(i); Ext(word) == ".ps1" && strings.IndexByte(word, ' ') < 0 && word[0] != '-' {
			return i, word
		}
	}
	return 0, ""
}

// RunsFile reports whether PowerShell runs a file. It expands nothing in the file's
// arguments.
func (l Line) RunsFile() bool {
	if l.Shell() != PowerShell {
		return false
	}
	runs, _ := l.powerShell()
	return runs == runsFile
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
