// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package hostprocess

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/hostprocess-go/sdk/accounts"
	"github.com/hostprocess-go/sdk/internal/cmdline"
	"github.com/hostprocess-go/sdk/internal/dnslabel"
	"github.com/hostprocess-go/sdk/internal/hostpath"
	"github.com/hostprocess-go/sdk/internal/quote"
)

// BaseImage is an image for containers that need nothing but what is on the
// node: it holds no files to speak of, and isn't tied to a version of Windows.
// Its older version, oss/kubernetes/…:v1.0.0, runs as well, but images can't be built
// from it on Windows 11 23H2 and Windows Server 2025.
// Source: https://github.com/microsoft/windows-host-process-containers-base-image/issues/14
const BaseImage = "mcr.microsoft.com/oss/v2/kubernetes/windows-host-process-containers-base-image:2.0.0"

// Group is a local group of the nodes that containers run as, together with what
// it may do there. It is an immutable value. Make one with [NewGroup], and pass it
// to [Pod.WithGroup]. The zero Group has no name, which is a mistake.
//
// A container that runs as a local group gets a user of its own for as long as it
// runs, who is made a member of that group. That needs containerd 1.7 or later.
type Group struct {
	name      accounts.LocalGroup
	image     string
	configMap string
	grants    []grant
	mistakes  mistakes
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
	resolved, err := hostpath.Resolve(path)
	g.mistakes.add(method, "path", path, err)
	g.mistakes.add(method, "access", string(access), oneOf(access, AccessRead, AccessModify))
	same := func(other grant) bool { return strings.EqualFold(other.path, resolved) }
	g.grants = append(slices.DeleteFunc(slices.Clone(g.grants), same), grant{resolved, access, make})
	return g
}

// WithImage sets the image of the container that sets the group up, in place of
// [BaseImage]. It needs nothing but to be there: PowerShell is the node's. If
// called again, the last call holds.
func (g Group) WithImage(image string) Group {
	g.image = image
	return g
}

// WithConfigMap keeps the scripts of the group in a ConfigMap instead of the
// manifest of the pod: [Pod.ConfigMaps] returns it, and it has to be there before
// the pod. Use it for more than 32,000 characters of script, or where a script may
// only be run from a file. Several groups can have the same ConfigMap.
func (g Group) WithConfigMap(name string) Group {
	g.mistakes.add("WithConfigMap", "name", name, subdomain(name))
	g.configMap = name
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
// The script stands in the manifest of the pod, as that of [PowerShell], so that
// whoever reviews what will run as SYSTEM can read it, and nothing has to be
// applied beside the workload; [Group.WithConfigMap] puts it into a ConfigMap.
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
// no such group. The groups that Windows itself has are a mistake.
//
// Once nothing runs as the group any more, make a DaemonSet of the pod, so that
// every node gets one, and delete it as soon as all of its pods are ready. An init
// container removes the group; the container then waits, as [accounts.LocalService].
// Where a path fails, the init container goes on to the others, keeps the group,
// without which nobody could tell whose access is left, and fails with all errors
// at the end; the kubelet tries again. A Job isn't the right workload: it runs on
// one node, and would wait forever.
func (g Group) Removal() Pod {
	script := g.tearDown()
	waits := NewContainer("removed", g.image).WithCommand(PowerShell(cmdline.WaitScript))
	p := NewPod(accounts.LocalService, waits).WithInitContainers(g.container("remove-local-group", script))
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
	if g.configMap == "" && cmdline.UTF16Len(script) > cmdline.LongestScript {
		ms.add(method, "group", string(g.name), errors.New("has more paths than fit into an environment variable: use WithConfigMap, or grant access to a directory above them"))
	}
	return len(*ms) == before
}

func (g Group) container(prefix, script string) Container {
	name := dnslabel.Plain(prefix, string(g.name), []byte(g.name))
	command := PowerShell(script)
	if g.configMap != "" {
		command = PowerShellFile(g.configMap, name+".ps1", script)
	}
	return NewContainer(name, g.image).WithRunAs(accounts.LocalSystem).WithCommand(command)
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
	fmt.Fprintf(&b, common, quote.PowerShell(string(g.name)))
	b.WriteString(`function Grant($path, $access) {
  $inherited = if (Test-Path -LiteralPath $path -PathType Container) { '(OI)(CI)' } else { '' }
  Set-Access $path '/grant:r' "*${sid}:$inherited($access)"
}
if (-not (Test-Group)) { & "$system\net.exe" localgroup $group /add }
if (-not (Test-Group)) { throw "the local group $group can't be made" }
$sid = Get-Sid
`)
	for _, grant := range g.grants {
		path := quote.PowerShell(grant.path)
		if grant.make {
			b.WriteString("[void][IO.Directory]::CreateDirectory(" + path + ")\n")
		}
		b.WriteString("Grant " + path + " " + quote.PowerShell(string(grant.access)) + "\n")
	}
	return b.String() + "exit 0\n"
}

func (g Group) tearDown() string {
	var b strings.Builder
	fmt.Fprintf(&b, common, quote.PowerShell(string(g.name)))
	b.WriteString(`$failures = [Collections.ArrayList]::new()
function Revoke($path) {
  try {
    if (Test-Path -LiteralPath $path) { Set-Access $path '/remove:g' "*$sid" }
  } catch {
    [void]$failures.Add("$_")
  }
}
if (-not (Test-Group)) { exit 0 }
$sid = Get-Sid
`)
	for _, grant := range g.grants {
		b.WriteString("Revoke " + quote.PowerShell(grant.path) + "\n")
	}
	b.WriteString(`if ($failures.Count -gt 0) { throw ("the local group $group stays: " + ($failures -join '; ')) }
& "$system\net.exe" localgroup $group /delete
if (Test-Group) { throw "the local group $group can't be removed" }
exit 0
`)
	return b.String()
}
