// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/hostprocess-go/sdk/internal/winpath"
	"github.com/hostprocess-go/sdk/volumes"
)

// sandboxToken returns the token at the start of text, or nothing.
func sandboxToken(text string) string {
	switch {
	case strings.HasPrefix(text, cmdToken):
		return cmdToken
	case strings.HasPrefix(text, powerShellToken):
		return powerShellToken
	}
	return ""
}

// sandboxReferences ranges over what in a text looks like a reference to the
// sandbox variable, with the index at which it starts and the one behind it. The
// name alone, without a % or a $, is none.
func (t text) sandboxReferences(yield func(start, end int) bool) {
	// The start of the name is enough: people get its end wrong.
	const stem = "container_sandbox"
	for i := 0; ; {
		next := indexFold(string(t[i:]), stem)
		if next < 0 {
			return
		}
		i += next
		start, end := i-t.sigil(i), i+len(stem)
		for end < len(t) && isNameByte(t[end]) && t[end] != '-' {
			end++
		}
		if start < i && end < len(t) && closes(t[start:i], t[end]) {
			end++
		}
		if start < i && !yield(start, end) {
			return
		}
		i = end
	}
}

// sigil is the length of what before the name t[i] makes it a reference: % $ ${
// $( $env: ${env: in any case of letters.
func (t text) sigil(i int) int {
	if i > 0 && t[i-1] == '%' {
		return 1
	}
	n := 0
	if i >= 4 && strings.EqualFold(string(t[i-4:i]), "env:") {
		n = 4
	}
	if i > n && (t[i-n-1] == '{' || t[i-n-1] == '(') {
		n++
	}
	if i > n && t[i-n-1] == '$' {
		return n + 1
	}
	return 0
}

// closes says whether a byte ends a reference that has been started so.
func closes(sigil text, end byte) bool {
	switch sigil[len(sigil)-1] {
	case '%':
		return end == '%'
	case '(':
		return end == ')'
	case '{':
		return end == '}'
	}
	return len(sigil) > 1 && sigil[1] == '{' && end == '}'
}

// badSandbox finds the first reference to the sandbox variable that becomes
// something else than it looks like, and says what. Shell is who reads the text
// after the runtime, env what the kubelet has replaced in it before, and first
// says that a script of PowerShell starts with the text.
func (t text) badSandbox(by shell, env variables, first bool) (reference, why string) {
	for start, end := range t.sandboxReferences {
		reference := string(t[start:end])
		token := sandboxToken(reference)
		switch {
		case token != "" && (reference != token || glued(t[end:])):
			return string(t[start:min(end+1, len(t))]), runsTogether
		case token != "" && glued(text(env.valueOf(t[end:]))):
			return string(t[start:end]) + "$(" + kubeletName(t[end:]) + ")", runsTogether
		case token != "", env.valueOf(text(reference)) != "":
		case !shellExpands(reference, by):
			return reference, "leaves as it is"
		case first && start == 0 && reference[0] == '$' && end < len(t) && winpath.IsSeparator(t[end]):
			return reference, "leaves to PowerShell, which doesn't run a path that starts with a variable"
		}
	}
	return "", ""
}

const runsTogether = `joins with the root without a separator, as in C:\hpcetc`

// glued says whether text goes on with something that isn't a new element of the
// path: a name, or a dot and a name.
func glued(t text) bool {
	return len(t) > 0 && isNameByte(t[0]) || len(t) > 1 && t[0] == '.' && isNameByte(t[1])
}

// startsScript says whether the i-th word is the first of the script that a
// PowerShell runs.
func (c command) startsScript(i int) bool {
	if c.shell() != powerShell || i == 0 {
		return false
	}
	before := c.word(i - 1)
	return i == 1 || isCommandFlag(before)
}

// shellExpands says whether the shell that reads a text expands the reference,
// after the runtime has left it alone.
func shellExpands(reference string, by shell) bool {
	switch by {
	case cmdShell:
		return strings.EqualFold(reference, cmdToken)
	case powerShell:
		return strings.EqualFold(reference, powerShellToken) || strings.EqualFold(reference, "${env:"+volumes.SandboxVariable+"}")
	}
	return false
}

// variables are the environment variables that the pod sets for a container.
type variables struct {
	env    []corev1.EnvVar
	byName index
}

func (c container) variables() variables {
	v := variables{env: c.Env}
	v.byName = newIndex(len(v.env), v.name)
	return v
}

func (v variables) name(i int) string { return v.env[i].Name }

// valueOf is the value of the variable that a text starts with a reference to,
// as the kubelet reads it; nothing where the pod doesn't tell it.
func (v variables) valueOf(t text) string {
	name := kubeletName(t)
	if name == "" {
		return ""
	}
	if i := v.byName.find(name, len(v.env), v.name); i >= 0 {
		return v.env[i].Value
	}
	return ""
}

// kubeletName is NAME where a text starts with $(NAME), which the kubelet
// replaces.
func kubeletName(t text) string {
	if rest, ok := strings.CutPrefix(string(t), "$("); ok {
		if name, _, ok := strings.Cut(rest, ")"); ok {
			return name
		}
	}
	return ""
}

// behindRoot is the set of names of variables that the command lines of the
// container put behind the sandbox variable themselves, as in
// %CONTAINER_SANDBOX_MOUNT_POINT%\$(CONFIG).
func (c container) behindRoot() map[string]bool {
	var names map[string]bool
	for line := range c.commands {
		if line.special&dollar == 0 || line.isHook() {
			continue
		}
		for i := range line.words() {
			word := text(line.word(i))
			for start, end := range word.sandboxReferences {
				if sandboxToken(string(word[start:end])) == "" {
					continue
				}
				if name := kubeletName(text(strings.TrimLeft(string(word[end:]), `\/`))); name != "" {
					if names == nil {
						names = map[string]bool{}
					}
					names[name] = true
				}
			}
		}
	}
	return names
}
