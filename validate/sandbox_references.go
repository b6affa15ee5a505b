// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/hostprocess-go/sdk/internal/cmdline"
)

// badSandboxReference returns the first reference to the sandbox variable in a text
// that doesn't become the container's root, and why. The parameter by is the shell that reads
// the text after the runtime, which replaces tokens in it if replaced is true, and env
// what the kubelet has replaced before.
func badSandboxReference(text string, by cmdline.Shell, env variables, replaced bool) (reference, why string) {
	for start, end, found := cmdline.NextSandboxReference(text, 0); found; start, end, found = cmdline.NextSandboxReference(text, end) {
		reference, rest := text[start:end], text[end:]
		token := ""
		if replaced {
			token = cmdline.Token(reference)
		}
		switch {
		case token != "" && (reference != token || cmdline.ExtendsName(rest)):
			return text[start:min(end+1, len(text))], runsTogether
		case token != "" && cmdline.ExtendsName(env.valueOf(rest)):
			return reference + "$(" + env.nameOf(rest) + ")", runsTogether
		case token != "", env.valueOf(reference) != "":
		case !by.Expands(reference):
			return reference, "doesn't replace: the program gets the text as it is"
		}
	}
	return "", ""
}

const runsTogether = `replaces with a path that runs into the next name, as in C:\hpcetc`

// variables are the environment variables that the pod sets for a container.
type variables struct {
	env     []corev1.EnvVar
	byName  index
	longest int // name, in bytes
}

func (c container) variables() variables {
	v := variables{env: c.Env}
	v.byName = newIndex(len(v.env), v.name)
	for i := range v.env {
		v.longest = max(v.longest, len(v.env[i].Name))
	}
	return v
}

func (v variables) name(i int) string { return v.env[i].Name }

// find returns the index of the variable with a name, or -1.
func (v variables) find(name string) int { return v.byName.find(name, len(v.env), v.name) }

// at returns the index of the variable that a text starts with a reference to, as
// the kubelet reads it, or -1.
func (v variables) at(text string) int {
	rest, ok := strings.CutPrefix(text, "$(")
	if !ok {
		return -1
	}
	// What is longer than every name isn't searched for its end, which may be far.
	name, _, ok := strings.Cut(rest[:min(len(rest), v.longest+1)], ")")
	if !ok {
		return -1
	}
	return v.find(name)
}

// nameOf returns the name of the variable that a text starts with a reference to,
// or "".
func (v variables) nameOf(text string) string {
	if i := v.at(text); i >= 0 {
		return v.env[i].Name
	}
	return ""
}

// valueOf returns the value of the variable that a text starts with a reference to, or
// "" if the pod doesn't contain it.
func (v variables) valueOf(text string) string {
	if i := v.at(text); i >= 0 {
		return v.env[i].Value
	}
	return ""
}

// behindRoot is the set of names of variables that the command lines of the
// container put after the sandbox variable themselves, as in
// %CONTAINER_SANDBOX_MOUNT_POINT%\$(CONFIG).
func (c container) behindRoot(env variables) map[string]bool {
	var names map[string]bool
	for line := range c.commands {
		if line.isHook() {
			continue
		}
		for i := range line.Len() {
			word := line.Word(i)
			for start, end, found := cmdline.NextSandboxReference(word, 0); found; start, end, found = cmdline.NextSandboxReference(word, end) {
				if cmdline.Token(word[start:end]) == "" {
					continue
				}
				if name := env.nameOf(strings.TrimLeft(word[end:], `\/`)); name != "" {
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
