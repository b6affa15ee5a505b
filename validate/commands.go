// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// command is one command line of a container: its own, or that of an exec
// probe or a lifecycle hook.
type command struct {
	// at is the field below the container that holds the lists: empty for the
	// container's own command, else "livenessProbe.exec" and the like.
	at string
	// command and args are the two lists; only a container has args. Without a
	// command the image's entrypoint runs, which a pod doesn't tell.
	command, args []string
	// special says what in the words a check may have to look at.
	special special
}

// words is how many words the command line has.
func (c command) words() int { return len(c.command) + len(c.args) }

// word returns the i-th word of the line.
func (c command) word(i int) string {
	if i < len(c.command) {
		return c.command[i]
	}
	return c.args[i-len(c.command)]
}

// field is where the i-th word stands: "command[0]", "args[2]".
func (c command) field(i int) string {
	if i < len(c.command) {
		return "command[" + strconv.Itoa(i) + "]"
	}
	return "args[" + strconv.Itoa(i-len(c.command)) + "]"
}

// isHook says whether the line is that of a lifecycle hook, in which the kubelet
// replaces no $(NAME).
func (c command) isHook() bool { return strings.HasPrefix(c.at, "lifecycle.") }

// commands ranges over the command lines of the container: its own, and those
// of its exec probes and lifecycle hooks.
func (c container) commands(yield func(command) bool) {
	for line := range c.lines {
		if !yield(commandOf(line.at, line.command, line.args)) {
			return
		}
	}
}

// lines ranges over the same command lines without a look at their words.
func (c container) lines(yield func(command) bool) {
	if len(c.Command)+len(c.Args) > 0 && !yield(command{command: c.Command, args: c.Args}) {
		return
	}
	_ = c.exec("livenessProbe.exec", probe(c.LivenessProbe), yield) &&
		c.exec("readinessProbe.exec", probe(c.ReadinessProbe), yield) &&
		c.exec("startupProbe.exec", probe(c.StartupProbe), yield) &&
		c.Lifecycle != nil &&
		c.exec("lifecycle.postStart.exec", hook(c.Lifecycle.PostStart), yield) &&
		c.exec("lifecycle.preStop.exec", hook(c.Lifecycle.PreStop), yield)
}

// exec yields the command line of an exec action, if there is one.
func (container) exec(at string, action *corev1.ExecAction, yield func(command) bool) bool {
	return action == nil || yield(command{at: at, command: action.Command})
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

// special is a set of things in a text that mean something to the runtime, to a
// shell or as a path, so that a check can see at a glance that it has nothing to
// do.
type special uint16

const (
	newline  special = 1 << iota // a line feed
	meta                         // & | < > ^
	percent                      // a % that doesn't belong to %CONTAINER_SANDBOX_MOUNT_POINT%
	dollar                       // a $ that doesn't belong to $env:CONTAINER_SANDBOX_MOUNT_POINT
	quote                        // "
	absolute                     // a path that starts at a drive or a separator
	relative                     // a path that starts with .\ or ..\
	program                      // the first word isn't simply an .exe of the image
	long                         // the line may have more characters than cmd takes

	// These two say something of one byte only.
	separator // \ or /
	boundary  // a byte behind which a path can start
)

// specialOf says what each byte is.
var specialOf = [256]special{
	'\n': newline | boundary,
	'&':  meta | boundary, '|': meta | boundary, '<': meta | boundary, '>': meta | boundary, '^': meta,
	'%': percent, '$': dollar, '"': quote | boundary,
	'/': separator, '\\': separator,
	' ': boundary, '\t': boundary, '\r': boundary, '\'': boundary, '`': boundary, '=': boundary,
	',': boundary, ';': boundary, ':': boundary, '(': boundary, '{': boundary, '[': boundary, '@': boundary,
}

// commandOf reads the words of a command line once.
func commandOf(at string, words, args []string) command {
	c := command{at: at, command: words, args: args}
	size := 0
	for _, word := range words {
		c.special |= specialIn(word)
		size += len(word)
	}
	for _, word := range args {
		c.special |= specialIn(word)
		size += len(word)
	}
	switch {
	case len(words) > 0 && !imageExe(words[0]), len(words) == 0 && len(args) > 0:
		c.special |= program
	}
	// Escaping can double a byte and put quotes and a space around a word.
	if 2*size+3*c.words() > cmdLimit {
		c.special |= long
	}
	return c
}

// specialIn reads one text.
func specialIn(text string) special {
	var found special
	for i := 0; i < len(text); i++ {
		s := specialOf[text[i]]
		switch {
		case s == 0:
		case s == separator:
			found |= pathAt(text, i)
		case s&(percent|dollar) != 0:
			n := len(sandboxToken(text[i:]))
			if n == 0 || i+n < len(text) && specialOf[text[i+n]] == 0 {
				found |= s
			}
			i += max(n-1, 0)
		default:
			found |= s
		}
	}
	return found &^ boundary
}

// pathAt says whether a path starts at, or just before, the separator text[i].
func pathAt(text string, i int) special {
	switch {
	case i == 0 || specialOf[text[i-1]]&boundary != 0:
		return absolute
	case text[i-1] == '.' && relativeAt(text, i-1):
		return relative
	}
	return 0
}

// relativeAt says whether the dot text[i] is the last of "." or ".." at the
// start of a path.
func relativeAt(text string, i int) bool {
	if i > 0 && text[i-1] == '.' {
		i--
	}
	return i == 0 || specialOf[text[i-1]]&boundary != 0
}

// imageExe says whether a program is an .exe that is named by the sandbox
// variable, without blanks and quotes, about which there is nothing to say.
func imageExe(word string) bool {
	n := len(sandboxToken(word))
	if n == 0 || !strings.HasSuffix(word, ".exe") {
		return false
	}
	for ; n < len(word); n++ {
		if specialOf[word[n]]&(boundary|quote) != 0 {
			return false
		}
	}
	return true
}
