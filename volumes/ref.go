// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package volumes

import (
	"strings"

	"github.com/hostprocess-go/sdk/internal/cmdline"
	"github.com/hostprocess-go/sdk/internal/winpath"
)

// Ref is a reference to a file or directory of a container that works in every mode: the
// name of the variable with the container's root, and a path below it. It works for mounts
// and for files of the image. Get one from Portable. Refs are comparable; the zero Ref is
// the root itself.
//
// The runtime replaces %CONTAINER_SANDBOX_MOUNT_POINT% and
// $env:CONTAINER_SANDBOX_MOUNT_POINT with the root, in exactly this case of letters, in the
// command line, the working directory and (since containerd 1.6.7) the values of
// environment variables, before any shell reads them. It replaces nothing in files, such
// as a script from a ConfigMap; there the shell itself expands the variable.
type Ref struct {
	rel string // relative, clean, with backslashes
}

// Portable returns a reference to the mount at mountPath, or to a file below it.
// It returns the same errors as Mode.Resolve.
//
// In mode Bind, the reference names the link that the runtime creates under the
// container's root. If the image has a file at the same path, the reference names that
// file; and a read-only mount can be written to through the link.
func Portable(mountPath string) (Ref, error) {
	loc, err := ModeBind.Resolve(mountPath)
	if err != nil {
		return Ref{}, err
	}
	return Ref{loc.Rel()}, nil
}

// Join returns a reference to a file below r. Each elem is a name or a relative path. For
// one that would leave r, it returns a *PathError: with ReasonLeavesMount if elem is empty,
// absolute, or has an element of dots and spaces only, other than "."; with
// ReasonColonInName; with ReasonNULByte; or with ReasonReservedName for the name of a
// device, which Windows finds in every directory.
func (r Ref) Join(elem ...string) (Ref, error) {
	for _, e := range elem {
		if reason := refuseName(e); reason != "" {
			return Ref{}, &PathError{e, reason}
		}
		r.rel = winpath.Join(r.rel, e)
	}
	if r.rel == "." {
		r.rel = ""
	}
	return r, nil
}

// Rel returns the path below the root of the container, with backslashes: "etc\agent".
func (r Ref) Rel() string { return r.rel }

// Path returns the path of the file under root, the root of a container. See Mode.Root.
func (r Ref) Path(root string) string { return strings.TrimSuffix(underRoot(root, r.rel), `\`) }

// SandboxVariable is the environment variable with the root of a HostProcess container,
// with a backslash at the end.
const SandboxVariable = cmdline.SandboxVariable

// Arg returns the reference for a manifest: for an element of command or args, or a part of
// one (--config=…), an environment value, or workingDir. It has no quotes: the runtime adds
// quotes to an element with spaces.
//
// In mode Bind, cmd reads the line even if no shell is named. So Arg returns a *PathError
// with ReasonUnquotable for a path with one of "%&|<>^ or a control character, or with $(
// or $$, which the kubelet replaces. For the program to run, prefer a path without spaces:
// if another argument has quotes too, cmd removes the program's quotes.
func (r Ref) Arg() (string, error) {
	if !r.survivesManifest() {
		return "", &PathError{r.rel, ReasonUnquotable}
	}
	return r.token(cmdline.CmdToken), nil
}

// Cmd returns the reference as a word of a cmd batch file, in quotes if necessary. It
// returns a *PathError with ReasonUnquotable for a path with one of "%!<>|^ or a control
// character.
//
// Don't use it for an element of command or args, even if that runs cmd: the runtime
// escapes quotes there in a way that cmd doesn't understand. Use Arg.
func (r Ref) Cmd() (string, error) {
	if strings.ContainsAny(r.rel, `"%!<>|^`) || hasControl(r.rel) {
		return "", &PathError{r.rel, ReasonUnquotable}
	}
	if plain(r.rel) {
		return r.token(cmdline.CmdToken), nil
	}
	return `"` + r.token(cmdline.CmdToken) + `"`, nil
}

// PowerShell returns the reference as a PowerShell string in double quotes, in which
// PowerShell expands the variable. The script can be in a file, in the argument of
// -EncodedCommand, or in an element of command or args after -Command, where the runtime
// replaces the variable first. For a path that doesn't survive all three, it returns a
// *PathError with ReasonUnquotable: see Arg.
//
// Use it like any value: Get-Content WORD, $x = WORD. To run a program, write & WORD.
func (r Ref) PowerShell() (string, error) {
	if !r.survivesManifest() {
		return "", &PathError{r.rel, ReasonUnquotable}
	}
	return `"` + Ref{rel: powerShellEscaper.Replace(r.rel)}.token(cmdline.PowerShellToken) + `"`, nil
}

// powerShellEscaper escapes the characters that PowerShell interprets in a string in
// double quotes. PowerShell takes typographic double quotes for quotes.
//
// Source: https://github.com/PowerShell/PowerShell/blob/079596eab04eed8fe3a1ab9d6e5549bf08f9dde3/src/System.Management.Automation/engine/parser/CharTraits.cs (IsDoubleQuote)
var powerShellEscaper = strings.NewReplacer("`", "``", "$", "`$", "\u201c", "`\u201c", "\u201d", "`\u201d", "\u201e", "`\u201e")

func (r Ref) token(token string) string {
	if r.rel == "" {
		return token
	}
	return token + `\` + r.rel
}

// survivesManifest reports whether the path in command or args reaches the program
// unchanged: through the kubelet's $(VAR) and, in mode Bind, cmd.
func (r Ref) survivesManifest() bool {
	return !strings.ContainsAny(r.rel, `"%&|<>^`) && !hasControl(r.rel) &&
		!strings.Contains(r.rel, "$(") && !strings.Contains(r.rel, "$$")
}

// plain reports whether path needs no quotes in any shell.
func plain(path string) bool {
	for i := range len(path) {
		switch c := path[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		case c == '\\', c == '.', c == '-', c == '_':
		default:
			return false
		}
	}
	return true
}

func hasControl(s string) bool {
	return strings.ContainsFunc(s, func(c rune) bool { return c < ' ' || c == 0x7f })
}
