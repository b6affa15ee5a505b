// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/hostprocess-go/sdk/internal/cmdline"
	"github.com/hostprocess-go/sdk/internal/winpath"
	"github.com/hostprocess-go/sdk/volumes"
)

// command is one command line of a container: its own, or that of an exec
// probe or a lifecycle hook.
type command struct {
	cmdline.Line
	// at is the field below the container that holds the lists: empty for the
	// container's own command, else "livenessProbe.exec" and the like.
	at string
	// decoded: the script after -Command was decoded from -EncodedCommand, where the
	// runtime replaces nothing.
	decoded bool
}

// field returns the field of the i-th word, such as "command[0]" or "args[2]".
func (c command) field(i int) string {
	if i < len(c.Command) {
		return "command[" + strconv.Itoa(i) + "]"
	}
	return "args[" + strconv.Itoa(i-len(c.Command)) + "]"
}

// decode returns the line with its script after -Command, if it was after
// -EncodedCommand, and the field of the script.
func (c command) decode() (decoded command, script string, ok bool) {
	line, ok := c.Decoded()
	if !ok {
		return command{}, "", false
	}
	decoded = command{Line: line, at: c.at, decoded: true}
	return decoded, decoded.field(line.Len() - 1), true
}

// hasName reports whether is returns true for a name in one of the words. A name ends at
// the first byte that no name contains. Names of PowerShell variables are left out. With
// it, rules avoid parsing most lines as scripts.
func (c command) hasName(is func(string) bool) bool {
	for i := range c.Len() {
		word := c.Word(i)
		for start := 0; start < len(word); {
			end := start
			for end < len(word) && cmdline.IsNameByte(word[end]) {
				end++
			}
			variable := start > 0 && (word[start-1] == '$' || strings.HasSuffix(word[:start], "${"))
			if !variable && is(word[start:end]) {
				return true
			}
			start = end + 1
		}
	}
	return false
}

// startedLater ranges over the names at the start of the commands in a script of cmd or
// PowerShell. It leaves out paths, because only [cmdline.Line.Programs] can distinguish
// them from arguments.
func (c command) startedLater(yield func(scriptWord) bool) {
	if c.ScriptStart() == 0 {
		return
	}
	inList := false
	for s := range c.scriptCommands {
		n := len(s.words)
		isList := inList // what cmd's for ranges over
		inList = n > 1 && s.isNamed("for") && strings.EqualFold(s.words[n-1].text, "in")
		if isList || n == 0 || n > 1 && strings.HasPrefix(s.words[1].text, "=") {
			continue // in PowerShell, a = b is an assignment, or an entry of a table
		}
		name := s.words[0]
		name.text = strings.TrimPrefix(name.text, "@")
		if !yield(name) {
			return
		}
	}
}

// isHook reports whether the line is that of a lifecycle hook, in which the
// kubelet replaces no $(NAME).
func (c command) isHook() bool { return strings.HasPrefix(c.at, "lifecycle.") }

// commands ranges over the command lines of the container: its own, and those
// of its exec probes and lifecycle hooks.
func (c container) commands(yield func(command) bool) {
	if len(c.Command)+len(c.Args) > 0 && !yield(command{Line: cmdline.Line{Command: c.Command, Args: c.Args}}) {
		return
	}
	_ = yieldExec("livenessProbe.exec", probe(c.LivenessProbe), yield) &&
		yieldExec("readinessProbe.exec", probe(c.ReadinessProbe), yield) &&
		yieldExec("startupProbe.exec", probe(c.StartupProbe), yield) &&
		c.Lifecycle != nil &&
		yieldExec("lifecycle.postStart.exec", hook(c.Lifecycle.PostStart), yield) &&
		yieldExec("lifecycle.preStop.exec", hook(c.Lifecycle.PreStop), yield)
}

// yieldExec yields the command line of an exec action, if there is one.
func yieldExec(at string, action *corev1.ExecAction, yield func(command) bool) bool {
	return action == nil || yield(command{at: at, Line: cmdline.Line{Command: action.Command}})
}

func probe(p *corev1.Probe) *corev1.ExecAction {
	if p == nil {
		return nil
	}
	return p.Exec
}

func hook(h *corev1.LifecycleHandler) *corev1.ExecAction {
	if h == nil {
		return nil
	}
	return h.Exec
}

// The traits of a command line, and of the environment of a container.
const (
	// hasNewline: a line feed.
	hasNewline traits = 1 << (32 + iota)
	// hasMetacharacter: one of cmdline.Metacharacters, quoted or not.
	hasMetacharacter
	// hasReference: a % or a $ that is no token of the sandbox variable, or a token
	// that runs into what follows.
	hasReference
	// hasAbsolutePath: a separator where a path can start, or after a drive.
	hasAbsolutePath
	// hasRelativePath: a path that starts with .\ or ..\.
	hasRelativePath
	// hasKube: the letters kube, in any case.
	hasKube
	// hasHostProgram: the first word isn't an .exe named by the sandbox variable, or it
	// is a shell, whose arguments name another program.
	hasHostProgram
	// hasToken: a token of the sandbox variable.
	hasToken
	// hasOddVariable: a variable that is empty, or whose name has anything else than
	// letters in upper case, digits and underscores.
	hasOddVariable
	// hasKnownName: a variable that the runtime sets itself, or reads.
	hasKnownName
	// hasControl: a control character, or one that isn't ASCII.
	hasControl
	// hasBraces: two opening braces, or a brace or dollar sign in an image.
	hasBraces
	// hasSandboxName: what could be the end of the sandbox variable's name, before
	// a separator, and isn't part of a token with two percent signs.
	hasSandboxName
	// isLong: the line may be too long for cmd.
	isLong
)

// lineTraits reads the words of a command line once.
func lineTraits(l cmdline.Line) traits {
	var t traits
	for _, word := range l.Command {
		t |= textTraits(word)
	}
	for _, word := range l.Args {
		t |= textTraits(word)
	}
	if l.MayBeTooLongForCmd() {
		t |= isLong
	}
	if l.Len() > 0 && !isImageExe(l.Word(0)) {
		t |= hasHostProgram
	}
	return t
}

// envTraits reads a variable once.
func envTraits(e *corev1.EnvVar) traits {
	t := textTraits(e.Value)
	for i := range len(e.Name) {
		if b := e.Name[i]; (b < 'A' || b > 'Z') && (b < '0' || b > '9') && b != '_' {
			t |= hasOddVariable
			break
		}
	}
	if isEmptyEnv(*e) {
		t |= hasOddVariable
	}
	if strings.EqualFold(e.Name, "PATH") || strings.EqualFold(e.Name, volumes.SandboxVariable) {
		t |= hasKnownName
	}
	return t
}

// textTraits reads one text.
func textTraits(text string) traits {
	var t traits
	for i := 0; i < len(text); i++ {
		switch class := classOf[text[i]]; {
		case class&^(startsPath|startsName|inName) == 0:
		case class&separator != 0:
			t |= pathAt(text, i)
			if i > 0 && text[i-1] == 'T' {
				t |= hasSandboxName
			}
		case class&sigil != 0:
			n := len(cmdline.Token(text[i:]))
			if n == 0 || cmdline.ExtendsName(text[i+n:]) {
				t |= hasReference
			}
			if n > 0 {
				t |= hasToken
			}
			i += max(n-1, 0)
		case class&metacharacter != 0:
			t |= hasMetacharacter
		case class&lineFeed != 0:
			t |= hasNewline | hasControl
		case class&control != 0:
			t |= hasControl
		case class&brace != 0:
			if strings.HasPrefix(text[i:], "{{") {
				t |= hasBraces
			}
		case cmdline.HasPrefixFold(text[i:], "kube"):
			t |= hasKube
		}
	}
	return t
}

// isImageExe reports whether a program is an .exe that is named by the sandbox
// variable, without blanks and quotes, and not a shell.
func isImageExe(word string) bool {
	program, isExe := strings.CutSuffix(word, ".exe")
	token := cmdline.Token(word)
	if token == "" || !isExe {
		return false
	}
	name := 0 // where that of the file starts
	for i := len(token); i < len(program); i++ {
		switch class := classOf[program[i]]; {
		case class&startsPath != 0:
			return false
		case class&separator != 0:
			name = i + 1
		}
	}
	for _, shell := range [...]string{"cmd", "powershell", "pwsh"} {
		if len(program)-name == len(shell) && strings.EqualFold(program[name:], shell) {
			return false
		}
	}
	return true
}

// class is the meanings that a byte can have for the rules.
type class uint16

const (
	startsPath    class = 1 << iota // a path can start after it
	separator                       // \ or /
	sigil                           // % or $
	metacharacter                   // one of cmdline.Metacharacters
	lineFeed
	letterK
	control
	brace
	startsName // an ASCII letter or a digit
	inName     // a dot, a hyphen, an underscore or a blank
)

// classOf has the class of each byte.
var classOf = func() (table [256]class) {
	for b := range table {
		if winpath.IsSeparator(byte(b)) {
			table[b] |= separator
		}
		if strings.IndexByte(cmdline.Metacharacters, byte(b)) >= 0 {
			table[b] |= metacharacter
		}
		if b < ' ' || b >= 0x7f {
			table[b] |= control
		}
		if cmdline.IsLetter(byte(b)) || '0' <= b && b <= '9' {
			table[b] |= startsName
		}
		if strings.IndexByte("&|<> \t\r\n\"'`=,;:({[@", byte(b)) >= 0 {
			table[b] |= startsPath
		}
	}
	for text, class := range map[string]class{"%$": sigil, "kK": letterK, "{": brace, "\n": lineFeed, ".-_ ": inName} {
		for i := range len(text) {
			table[text[i]] |= class
		}
	}
	return table
}()

// pathAt returns hasAbsolutePath or hasRelativePath if such a path starts at, or
// just before, the separator text[i].
func pathAt(text string, i int) traits {
	switch {
	case i == 0 || classOf[text[i-1]]&startsPath != 0:
		return hasAbsolutePath
	case text[i-1] == '.' && relativeAt(text, i-1):
		return hasRelativePath
	}
	return 0
}

// relativeAt reports whether the dot text[i] is the last of "." or ".." at the
// start of a path.
func relativeAt(text string, i int) bool {
	if i > 0 && text[i-1] == '.' {
		i--
	}
	return i == 0 || classOf[text[i-1]]&startsPath != 0
}
