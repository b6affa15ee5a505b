// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/hostprocess-go/sdk/internal/cmdline"
	"github.com/hostprocess-go/sdk/internal/winpath"
)

// envVariableUnexpanded: no shell reads a value.
var envVariableUnexpanded = rule[envCheck]{
	Rule: Rule{
		ID:    "env-variable-unexpanded",
		Title: "%ProgramData% or $env:NAME in an environment variable is not expanded",
		Doc: `In the value of an environment variable, the kubelet replaces $(NAME) for names from the container's own env, and the runtime replaces the two spellings of the sandbox variable. Nothing else is expanded, because no shell reads the value: the program gets %ProgramData%\agent and $env:SystemRoot\agent as they are, and takes them for the name of a directory, unless it expands such names itself.

The rule reports values that start with a variable that Windows sets, or with $env: and a name.`,
		Outcome: OutcomeDiffers,
		Since:   "v0.1.0",
		Sources: []string{
			"https://github.com/microsoft/hcsshim/blob/v0.12.9/internal/jobcontainers/jobcontainer.go#L285-L316",
			kubeletPodsSource,
		},
		Fix: `write the directory itself, as in C:\ProgramData`,
	},
	about: hasReference,
	check: func(_ pod, _ container, e *corev1.EnvVar) []problem {
		name := leadingVariable(e.Value)
		if name == "" {
			return nil
		}
		return []problem{{
			field:   "value",
			message: fmt.Sprintf("of %s is %s, but nothing expands %s: the program gets the text as it is", quoted(e.Name), quoted(e.Value), quoted(name)),
		}}
	},
}

// leadingVariable returns the variable that a text starts with, as cmd or PowerShell
// would read it, if nothing or a separator follows.
func leadingVariable(text string) string {
	end := 0
	switch {
	case text == "" || cmdline.Token(text) != "":
		return ""
	case text[0] == '%':
		name, _, found := strings.Cut(text[1:], "%")
		if !found || !isWindowsVariable(name) {
			return ""
		}
		end = len(name) + 2
	case cmdline.HasPrefixFold(text, "$env:"):
		for end = len("$env:"); end < len(text) && cmdline.IsNameByte(text[end]) && text[end] != '-'; {
			end++
		}
		if end == len("$env:") || cmdline.NamesSandbox(text) {
			return ""
		}
	default:
		return ""
	}
	if end < len(text) && !winpath.IsSeparator(text[end]) {
		return ""
	}
	return text[:end]
}

// isWindowsVariable reports whether every Windows sets a variable of that name.
func isWindowsVariable(name string) bool {
	switch strings.ToLower(name) {
	case "allusersprofile", "appdata", "commonprogramfiles", "commonprogramfiles(x86)", "comspec", "computername", "homedrive", "homepath",
		"localappdata", "programdata", "programfiles", "programfiles(x86)", "programw6432", "public", "systemdrive", "systemroot",
		"temp", "tmp", "username", "userprofile", "windir":
		return true
	}
	return false
}
