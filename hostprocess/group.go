// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package hostprocess

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/hostprocess-go/sdk/accounts"
	"github.com/hostprocess-go/sdk/volumes"
)

// BaseImage is an image for containers that need nothing but what is on the
// node: it holds no files to speak of, and isn't tied to a version of Windows.
// Source: https://github.com/microsoft/windows-host-process-containers-base-image/blob/v1.0.0/README.md
const BaseImage = "mcr.microsoft.com/oss/kubernetes/windows-host-process-containers-base-image:v1.0.0"

// Group is a local group of the nodes that containers run as, together with what
// it may do there. It is an immutable value. Make one with [NewGroup], and pass it
// to [Pod.WithGroup]. The zero Group has no name, which is a mistake.
//
// A container that runs as a local group gets a user of its own for as long as it
// runs, who is made a member of that group. That needs containerd 1.7 or later.
type Group struct {
	name     accounts.LocalGroup
	image    string
	grants   []grant
	mistakes mistakes
}

// grant is what the group may do with a path of the node.
type grant struct {
	path   string
	access Access
	make   bool
}

// Access is what the members of a [Group] may do with a file, or with a
// directory and all that is in it. The zero Access is a mistake.
type Access string

const (
	// AccessRead is to read files, to list directories, and to run programs.
	AccessRead Access = "RX"
	// AccessModify is AccessRead, and to write, to create and to delete.
	AccessModify Access = "M"
	// AccessFull is AccessModify, and to change who may do what.
	AccessFull Access = "F"
)

// NewGroup returns a group of that name without access to anything that not every
// user of the node has.
func NewGroup(name accounts.LocalGroup) Group {
	g := Group{name: name, image: BaseImage}
	err := name.Validate()
	if name == "--%" {
		err = errors.New("is what PowerShell takes for its stop-parsing token, even from a variable: net.exe would not get the name")
	}
	g.mistakes.add("NewGroup", "name", string(name), err)
	return g
}

// WithAccess grants access to a file or directory of the node: an absolute path
// with a drive. If it isn't there when the pod starts, the pod doesn't start. If
// called again, the paths are added; for the same path, the last call holds.
func (g Group) WithAccess(path string, access Access) Group {
	return g.grant("WithAccess", path, access, false)
}

// WithDirectory grants access to a directory of the node, as [Group.WithAccess]
// does, and makes it if it isn't there.
func (g Group) WithDirectory(path string, access Access) Group {
	return g.grant("WithDirectory", path, access, true)
}

func (g Group) grant(method, path string, access Access, make bool) Group {
	loc, err := volumes.ModeBind.Resolve(path)
	switch {
	case err != nil:
	case len(path) < 2 || path[1] != ':':
		err = errors.New("has no drive: write one, such as C: or D:, in front")
	case !utf8.ValidString(path):
		err = errors.New("is not UTF-8: the script would name another path")
	case strings.ContainsAny(path, "*?\"<>|") || strings.ContainsFunc(path, isControl):
		err = errors.New("has a character that no file name can have")
	}
	g.mistakes.add(method, "path", path, err)
	g.mistakes.add(method, "access", string(access), oneOf(access, AccessRead, AccessModify, AccessFull))
	same := func(other grant) bool { return strings.EqualFold(other.path, loc.Destination()) }
	g.grants = append(slices.DeleteFunc(slices.Clone(g.grants), same), grant{loc.Destination(), access, make})
	return g
}

// WithImage sets the image of the container that sets the group up, in place of
// [BaseImage]. It needs nothing but to be there: PowerShell is the node's. If
// called again, the last call holds.
func (g Group) WithImage(image string) Group {
	g.image = image
	return g
}

// WithGroup runs the pod as a local group. An init container, which runs before
// all others and as [accounts.LocalSystem], makes the group on the node if it
// isn't there, and sets its access to each path of the [Group], as often as the
// pod starts. Containers that have an account of their own keep it. What the group
// had before on these paths is replaced; what is inherited from them follows.
// Nodes with containerd 1.6 among the targets are a mistake. If called again, both
// groups are set up, and the last is the account.
//
// The script hasn't been run by the tests of this module, which have no Windows.
//
// Equivalent of appending to spec.initContainers and of [Pod.WithRunAs].
func (p Pod) WithGroup(g Group) Pod {
	script := g.setUp()
	if p.mistakes.group("WithGroup", g, script) {
		p.init = append([]Container{g.container("local-group", script)}, p.init...)
		p = p.runAs("WithGroup", g.name)
	}
	return p
}

// Removal returns a pod that takes from a node what [Pod.WithGroup] has given to
// it: the access, and the group. Directories stay. It does no harm where there is
// no such group. Make a Job or a DaemonSet of it once nothing runs as the group
// any more. The groups that Windows itself has are a mistake.
func (g Group) Removal() Pod {
	script := g.tearDown()
	p := NewPod(accounts.LocalSystem, g.container("remove-local-group", script))
	p.mistakes.group("Removal", g, script)
	if g.name.SID() != "" {
		p.mistakes.add("Removal", "group", string(g.name), errors.New("is a group of Windows itself: it can't be removed"))
	}
	return p
}

// group adds what is wrong with a group, and reports whether nothing is.
func (ms *mistakes) group(method string, g Group, script string) (good bool) {
	before := len(*ms)
	ms.join(g.mistakes)
	if g.image == "" {
		ms.add(method, "group", nil, errors.New("is the zero Group, or has no image: use NewGroup"))
	}
	if len(encoded(script)) > longestEncoded {
		ms.add(method, "group", string(g.name), errors.New("has more paths than fit into a command line: use two groups, or grant access to a directory above them"))
	}
	return len(*ms) == before
}

// longestEncoded is what PowerShell can be given in base64 on every node.
const longestEncoded = 8048

func (g Group) container(prefix, script string) Container {
	name := Volume{kind: prefix, id: string(g.name), plain: true}.resolved().name
	return NewContainer(name, g.image).WithRunAs(accounts.LocalSystem).WithCommand(PowerShell(script))
}

// common is what both scripts start with. net is used because it is what the
// end-to-end tests of Kubernetes make groups with:
// https://github.com/kubernetes/kubernetes/blob/v1.37.2/test/e2e/windows/host_process.go
const common = `$ErrorActionPreference = 'Stop'
$group = %s
$system = "$env:SystemRoot\System32"
function Test-Group { & "$system\net.exe" localgroup $group | Out-Null; $LASTEXITCODE -eq 0 }
function Get-Sid { [Security.Principal.NTAccount]::new($group).Translate([Security.Principal.SecurityIdentifier]).Value }
function Set-Access($path, $change, $entry) {
  & "$system\icacls.exe" $path $change $entry
  if ($LASTEXITCODE -ne 0) { throw "icacls of $path ended with $LASTEXITCODE" }
}
`

func (g Group) setUp() string {
	var b strings.Builder
	fmt.Fprintf(&b, common, powerShellQuote(string(g.name)))
	b.WriteString(`function Grant($path, $access) {
  $inherited = if (Test-Path -LiteralPath $path -PathType Container) { '(OI)(CI)' } else { '' }
  Set-Access $path '/grant:r' "*${sid}:$inherited($access)"
}
if (-not (Test-Group)) { & "$system\net.exe" localgroup $group /add }
if (-not (Test-Group)) { throw "the local group $group can't be made" }
$sid = Get-Sid
`)
	for _, grant := range g.grants {
		path := powerShellQuote(grant.path)
		if grant.make {
			b.WriteString("[void][IO.Directory]::CreateDirectory(" + path + ")\n")
		}
		b.WriteString("Grant " + path + " " + powerShellQuote(string(grant.access)) + "\n")
	}
	return b.String() + "exit 0\n"
}

func (g Group) tearDown() string {
	var b strings.Builder
	fmt.Fprintf(&b, common, powerShellQuote(string(g.name)))
	b.WriteString(`if (-not (Test-Group)) { exit 0 }
$sid = Get-Sid
`)
	for _, grant := range g.grants {
		path := powerShellQuote(grant.path)
		b.WriteString("if (Test-Path -LiteralPath " + path + ") { Set-Access " + path + " '/remove:g' \"*$sid\" }\n")
	}
	b.WriteString(`& "$system\net.exe" localgroup $group /delete
if (Test-Group) { throw "the local group $group can't be removed" }
exit 0
`)
	return b.String()
}

// powerShellQuote makes a string that PowerShell reads as it is. It takes the
// typographic single quotes for single quotes.
// Source: https://github.com/PowerShell/PowerShell/blob/v7.4.0/src/System.Management.Automation/engine/parser/CharTraits.cs
func powerShellQuote(text string) string {
	return "'" + powerShellQuotes.Replace(text) + "'"
}

var powerShellQuotes = strings.NewReplacer("'", "''", "\u2018", "\u2018\u2018", "\u2019", "\u2019\u2019", "\u201a", "\u201a\u201a", "\u201b", "\u201b\u201b")
