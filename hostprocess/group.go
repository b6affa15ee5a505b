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

// BaseImage is an image for containers that need nothing but what is on the node: it
// contains hardly any files, and isn't tied to a version of Windows. Its older version,
// oss/kubernetes/…:v1.0.0, runs as well, but images can't be built from it on Windows
// 11 23H2 and Windows Server 2025. Source:
// https://github.com/microsoft/windows-host-process-containers-base-image/issues/14
const BaseImage = "mcr.microsoft.com/oss/v2/kubernetes/windows-host-process-containers-base-image:2.0.0"

// Group is a local group of the nodes that containers run as, with its access to paths
// of the node. It is an immutable value. Create one with [NewGroup], and pass it to
// [Pod.WithGroup]. The zero Group has no name, which is a mistake.
//
// For a container that runs as a local group, the runtime creates a user in that group
// for as long as the container runs. This requires containerd 1.7 or later.
type Group struct {
	name      accounts.LocalGroup
	image     string
	configMap string
	grants    []grant
	mistakes  mistakes
}

// grant is the group's access to a path of the node.
type grant struct {
	path   string
	access Access
	make   bool
}

// Access is the access of a [Group]'s members to a file, or to a directory with
// everything in it. The zero Access is a mistake.
type Access string

const (
	// AccessRead allows reading files, listing directories and running programs.
	AccessRead Access = "RX"
	// AccessModify also allows writing, creating and deleting.
	AccessModify Access = "M"
)

// NewGroup returns a group with that name. It has no more access than any user of the
// node.
func NewGroup(name accounts.LocalGroup) Group {
	g := Group{name: name, image: BaseImage}
	err := name.Validate()
	if name == "--%" {
		err = errors.New("is PowerShell's stop-parsing token, even in a variable: net.exe would not get the name")
	}
	g.mistakes.add("NewGroup", "name", string(name), err)
	return g
}

// WithAccess grants access to a file or directory of the node, given by its absolute
// path with a drive. If it doesn't exist when the pod starts, the pod doesn't start.
func (g Group) WithAccess(path string, access Access) Group {
	return g.grant("WithAccess", path, access, false)
}

// WithDirectory grants access to a directory of the node, like [Group.WithAccess], and
// creates the directory if it doesn't exist.
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

// WithImage sets the image of the container that sets up the group, instead of
// [BaseImage]. The image needs no content: PowerShell is the node's.
func (g Group) WithImage(image string) Group {
	g.image = image
	return g
}

// WithConfigMap stores the scripts of the group in a ConfigMap instead of the pod's
// manifest: [Pod.ConfigMaps] returns it, and it must exist before the pod. Use it for
// more than 32,000 characters of script, or if scripts may only run from files. Several
// groups can share a ConfigMap.
func (g Group) WithConfigMap(name string) Group {
	g.mistakes.add("WithConfigMap", "name", name, subdomain(name))
	g.configMap = name
	return g
}

// WithGroup runs the pod as a local group. An init container, which runs before all
// others and as [accounts.LocalSystem], creates the group on the node if it doesn't
// exist, and sets its access to each path of the [Group], every time that the pod
// starts. It replaces the group's previous access to these paths; inherited access
// follows. Containers with an account of their own keep it. Nodes with containerd 1.6
// among the targets are a mistake. If WithGroup is called several times, all groups are
// set up, and the last one is the account.
//
// The script is in the pod's manifest, like that of [PowerShell], so that reviewers can
// read what runs as SYSTEM, and the workload needs no other object.
// [Group.WithConfigMap] moves it to a ConfigMap.
//
// The tests of this module, which have no Windows, don't run the script.
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

// Removal returns a pod that reverts what [Pod.WithGroup] has set up on a node: it
// removes the access and the group, but not the directories. It does no harm on a node
// without the group. Built-in groups of Windows are a mistake.
//
// Once nothing runs as the group any more, deploy the pod as a DaemonSet, so that every
// node gets one, and delete it as soon as all of its pods are ready. An init container
// removes the group; the container then waits, as [accounts.LocalService]. If a path
// fails, the init container continues with the others, keeps the group, without which
// the remaining access could not be identified, and fails at the end with all errors;
// the kubelet retries. A Job isn't suitable: it runs on one node, and would wait
// forever.
func (g Group) Removal() Pod {
	script := g.tearDown()
	waits := NewContainer("removed", g.image).WithCommand(PowerShell(cmdline.WaitScript))
	p := NewPod(accounts.LocalService, waits).WithInitContainers(g.container("remove-local-group", script))
	p.mistakes.group("Removal", g, script)
	if g.name.SID() != "" {
		p.mistakes.add("Removal", "group", string(g.name), errors.New("is a built-in group of Windows, which can't be removed"))
	}
	return p
}

// group adds the mistakes of a group, and reports whether there are none.
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

// common is the start of both scripts. They use net like the end-to-end tests of
// Kubernetes:
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
