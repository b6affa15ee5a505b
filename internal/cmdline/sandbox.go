// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package cmdline

import "strings"

// SandboxVariable is the environment variable that holds the root of a container.
const SandboxVariable = "CONTAINER_SANDBOX_MOUNT_POINT"

// ScriptVariable is the environment variable in which package hostprocess puts a
// script for PowerShell; that of a further one ends in _2, and so on.
const ScriptVariable = "HOSTPROCESS_SCRIPT"

// IsScriptVariable reports whether a variable is one of those.
func IsScriptVariable(name string) bool {
	rest, ok := strings.CutPrefix(name, ScriptVariable)
	number, numbered := strings.CutPrefix(rest, "_")
	return ok && (rest == "" || numbered && number != "" && strings.Trim(number, "0123456789") == "")
}

// LongestScript is how long a script can be in such a variable, in UTF-16 units, less
// some room for its name.
// Source: https://learn.microsoft.com/en-us/windows/win32/procthread/environment-variables (32,767 characters)
const LongestScript = 32000

// WaitScript is a script for PowerShell that does nothing, until its process is ended.
const WaitScript = "while ($true) { Start-Sleep -Seconds 86400 }"

// CmdToken and PowerShellToken are the two texts that the runtime replaces by the
// root of the container, letter for letter.
const (
	CmdToken        = "%" + SandboxVariable + "%"
	PowerShellToken = "$env:" + SandboxVariable
)

// BindRoot is the root of a container on a node with the bind filter.
const BindRoot = `C:\hpc`

// Substitute replaces each token in text with root, without a backslash at its end.
func Substitute(text, root string) string {
	return replaceTokens(text, strings.TrimSuffix(root, `\`))
}

func replaceTokens(text, root string) string {
	if !strings.Contains(text, SandboxVariable) {
		return text
	}
	return strings.ReplaceAll(strings.ReplaceAll(text, CmdToken, root), PowerShellToken, root)
}

// Token returns the token at the start of text, or "".
func Token(text string) string {
	switch {
	case strings.HasPrefix(text, CmdToken):
		return CmdToken
	case strings.HasPrefix(text, PowerShellToken):
		return PowerShellToken
	}
	return ""
}

// HasToken reports whether there is a token in text.
func HasToken(text string) bool {
	return strings.Contains(text, CmdToken) || strings.Contains(text, PowerShellToken)
}

// NextSandboxReference finds the first text at or after index from that looks
// like a reference to the sandbox variable: its name, or the start of it, after
// a % or a $. It returns the index at which the reference starts and the one
// after it.
func NextSandboxReference(text string, from int) (start, end int, found bool) {
	// The start of the name is enough: typos are often at its end.
	const stem = "container_sandbox"
	for {
		next := IndexFold(text[from:], stem)
		if next < 0 {
			return 0, 0, false
		}
		name := from + next
		start, end = name-sigil(text, name), name+len(stem)
		for end < len(text) && IsNameByte(text[end]) && text[end] != '-' {
			end++
		}
		if start < name {
			if end < len(text) && closes(text[start:name], text[end]) {
				end++
			}
			return start, end, true
		}
		from = end
	}
}

// sigil returns the length of what makes the name at text[i] a reference: % $ ${
// $( $env: or ${env: in any case of letters.
func sigil(text string, i int) int {
	if i > 0 && text[i-1] == '%' {
		return 1
	}
	n := 0
	if i >= 4 && strings.EqualFold(text[i-4:i], "env:") {
		n = 4
	}
	if i > n && (text[i-n-1] == '{' || text[i-n-1] == '(') {
		n++
	}
	if i > n && text[i-n-1] == '$' {
		return n + 1
	}
	return 0
}

// closes reports whether a byte ends a reference that starts with sigil.
func closes(sigil string, end byte) bool {
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

// NamesSandbox reports whether text contains the name of the sandbox variable, ignoring
// case, and a character that could make it a reference.
func NamesSandbox(text string) bool {
	return strings.ContainsAny(text, "%$") && strings.Contains(strings.ToUpper(text), SandboxVariable)
}

// ExtendsName reports whether text, which follows a token, starts with a name, or with a
// dot and a name, instead of a new element of the path.
func ExtendsName(text string) bool {
	return len(text) > 0 && IsNameByte(text[0]) || len(text) > 1 && text[0] == '.' && IsNameByte(text[1])
}
