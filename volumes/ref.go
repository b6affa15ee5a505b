// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package volumes

import (
	"strings"

	"github.com/hostprocess-go/sdk/internal/cmdline"
	"github.com/hostprocess-go/sdk/internal/winpath"
)

// Ref is a reference to a file or directory of a container which is right in
// every mode: the name of the variable that holds the container's root, and a
// path below it. It serves mounts and files of the image alike. Get one from
// Portable. Refs are comparable; the zero Ref is the root itself.
//
// The runtime puts the root in place of %CONTAINER_SANDBOX_MOUNT_POINT% and of
// $env:CONTAINER_SANDBOX_MOUNT_POINT, in exactly this case of letters, wherever
// they stand in the command line, the working directory and (since containerd
// 1.6.7) the values of environment variables. It does so before any shell reads
// them. In files, such as a script from a ConfigMap, it replaces nothing; there
// the shell itself reads the variable.
type Ref struct {
	rel string // relative, clean, with backslashes
}

// Portable returns a reference to the mount at mountPath, or to a file below it.
// It refuses what Mode.Resolve refuses, with the same errors.
//
// In mode Bind, the reference names the link that the runtime makes under the
// container's root. If the image has a file of the same path, the reference names
// that; and a read-only mount can be written to through it.
func Portable(mountPath string) (Ref, error) {
	loc, err := ModeBind.Resolve(mountPath)
	if err != nil {
		return Ref{}, err
	}
	return Ref{loc.Rel()}, nil
}

// Join returns a reference to a file below r. Each elem is a name or a relative
// path. One that would lead out of r is a *PathError: ReasonLeavesMount if it is empty,
// absolute, or has an element of nothing but dots and spaces other than ".";
// ReasonColonInName; ReasonNULByte; or ReasonReservedName for the names of devices, which Windows
// finds in every directory.
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

// Path returns the path of the file under root, the root of a container: see
// Mode.Root.
func (r Ref) Path(root string) string { return strings.TrimSuffix(underRoot(root, r.rel), `\`) }

// SandboxVariable is the environment variable that holds the root of a
// HostProcess container, with a backslash at the end.
const SandboxVariable = cmdline.SandboxVariable

// Arg returns the reference as it must stand in a manifest: as one element of
// command or args, or in one (--config=…), as an environment value, or as
// workingDir. It has no quotes: the runtime puts an element with spaces in
// quotes itself.
//
// In mode Bind the line goes through cmd, also if no shell is named. A path with
// one of "%&|<>^ or a control character, or with $( or $$, which the kubelet
// replaces, is a *PathError: ReasonUnquotable. As the program to run, prefer a path
// without spaces: of a program in quotes followed by another argument in quotes,
// cmd removes the quotes.
func (r Ref) Arg() (string, error) {
	if !r.survivesManifest() {
		return "", &PathError{r.rel, ReasonUnquotable}
	}
	return r.token(cmdline.CmdToken), nil
}

// Cmd returns the reference as a word of a cmd batch file, in quotes if it needs
// them. A path with one of "%!<>|^ or a control character is a *PathError:
// ReasonUnquotable.
//
// It isn't for an element of command or args, even if that runs cmd: the runtime
// escapes quotes there in a way cmd doesn't read. Use Arg.
func (r Ref) Cmd() (string, error) {
	if strings.ContainsAny(r.rel, `"%!<>|^`) || hasControl(r.rel) {
		return "", &PathError{r.rel, ReasonUnquotable}
	}
	if plain(r.rel) {
		return r.token(cmdline.CmdToken), nil
	}
	return `"` + r.token(cmdline.CmdToken) + `"`, nil
}

// PowerShell returns the reference as a string of a PowerShell script, in double
// quotes, in which PowerShell expands the variable. The script may be in a file, in
// the argument of -EncodedCommand, or in an element of command or args after
// -Command, where the runtime replaces the variable first. A path that doesn't
// survive all three is a *PathError, ReasonUnquotable: see Arg.
//
// It can stand wherever a value can: Get-Content WORD, $x = WORD. To run a program
// that it names, write & WORD.
func (r Ref) PowerShell() (string, error) {
	if !r.survivesManifest() {
		return "", &PathError{r.rel, ReasonUnquotable}
	}
	return `"` + Ref{rel: powerShellEscaper.Replace(r.rel)}.token(cmdline.PowerShellToken) + `"`, nil
}

// powerShellEscaper escapes what PowerShell reads in a string in double quotes.
// It takes typographic double quotes for quotes.
//
// Source: https://github.com/PowerShell/PowerShell/blob/079596eab04eed8fe3a1ab9d6e5549bf08f9dde3/src/System.Management.Automation/engine/parser/CharTraits.cs (IsDoubleQuote)
var powerShellEscaper = strings.NewReplacer("`", "``", "$", "`$", "\u201c", "`\u201c", "\u201d", "`\u201d", "\u201e", "`\u201e")

func (r Ref) token(token string) string {
	if r.rel == "" {
		return token
	}
	return token + `\` + r.rel
}

// survivesManifest reports whether the path reaches the program as it is written
// in command or args: through the kubelet's $(VAR) and, in mode Bind, cmd.
func (r Ref) survivesManifest() bool {
	return !strings.ContainsAny(r.rel, `"%&|<>^`) && !hasControl(r.rel) &&
		!strings.Contains(r.rel, "$(") && !strings.Contains(r.rel, "$$")
}

// plain reports whether every shell takes path as it is, without quotes.
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
