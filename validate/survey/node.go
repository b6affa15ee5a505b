// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package survey

import (
	"cmp"
	"errors"
	"fmt"

	corev1 "k8s.io/api/core/v1"

	"github.com/hostprocess-go/sdk/internal/kubelet"
	"github.com/hostprocess-go/sdk/validate"
	"github.com/hostprocess-go/sdk/volumes"
)

// Node is what a Windows node says of itself. The zero Node says nothing.
type Node struct {
	// Runtime is its container runtime; zero if it can't be read.
	Runtime volumes.Runtime
	// Build is its build of Windows; zero if it can't be read.
	Build volumes.WindowsBuild
	// Mode is how it mounts. It is Unknown for a runtime that can't run
	// HostProcess pods, and where the runtime or the build isn't known. A
	// Windows Server 2019 that doesn't tell its revision isn't known enough for
	// containerd 1.7 and newer.
	Mode volumes.Mode
	// KubeletMinor is the minor of its kubelet, 30 for v1.30; zero if it can't be read.
	KubeletMinor int
	// Can is what it can do for certain, and Unknown what it may be able to do.
	Can, Unknown Capabilities
	// Err says which of these the node didn't tell, or not so that it can be
	// read, if that leaves something unknown. It is nil where nothing is unknown.
	Err error
}

// Read reads what a node says of itself, from status.nodeInfo and its labels. It
// returns false for nil, and for a node that isn't known to run Windows.
//
// A node says what it runs by status.nodeInfo.operatingSystem, else by the label
// kubernetes.io/os.
func Read(node *corev1.Node) (Node, bool) {
	if node == nil {
		return Node{}, false
	}
	info := node.Status.NodeInfo
	if cmp.Or(info.OperatingSystem, node.Labels[corev1.LabelOSStable]) != string(corev1.Windows) {
		return Node{}, false
	}
	var n Node
	if n.Runtime, n.Err = volumes.ParseRuntime(info.ContainerRuntimeVersion); n.Err != nil {
		n.Unknown = all
	}
	n.KubeletMinor = kubelet.Minor(info.KubeletVersion)
	var err error
	n.Build, err = readBuild(node)
	n.derive(err)
	return n, true
}

// derive fills in what follows from the runtime and the build. The error says why the
// build isn't known, if it isn't.
func (n *Node) derive(err error) {
	n.Mode = n.Runtime.Mode(n.Build)
	switch {
	case n.Mode == volumes.ModeUnknown && n.Build.Build != 0:
		err = fmt.Errorf("it isn't known whether Windows build %d has the bind filter", n.Build.Build)
	case n.Mode == volumes.ModeSymlinkHPC && n.Build.Revision == 0:
		// An update of July 2022 brought the bind filter to Windows Server 2019.
		n.Mode = volumes.ModeUnknown
		err = errors.New("the revision of Windows Server 2019 isn't told: status.nodeInfo.kernelVersion should be like 10.0.17763.3165")
	}
	n.can()
	if n.Err == nil && n.Unknown != 0 {
		n.Err = err
	}
}

// can fills in what follows from the runtime and the mode.
func (n *Node) can() {
	set := func(one Capabilities, on bool) {
		if on {
			n.Can |= one
		}
	}
	set(CapabilityHostProcess, n.Runtime.SupportsHostProcess())
	set(CapabilityLocalGroups, n.Runtime.LocalGroups())
	set(CapabilityInClusterConfig, n.Mode.InClusterConfig())
	set(CapabilityReadOnlyMounts, n.Runtime.EnforcesReadOnly(n.Mode))
	set(CapabilityPortForward, n.Runtime.PortForward())
	set(CapabilityEnvTokens, n.Runtime.ExpandsEnvValues())
	if n.Can.Has(CapabilityHostProcess) && n.Mode == volumes.ModeUnknown {
		n.Unknown |= CapabilityInClusterConfig
		if n.Runtime.EnforcesReadOnly(volumes.ModeBind) {
			n.Unknown |= CapabilityReadOnlyMounts
		}
	}
}

// Targets returns what a validate.Validator needs to judge a pod for the node.
// It is one target; two where the node doesn't tell whether it has the bind
// filter; and none where its runtime can't run HostProcess pods or isn't known.
func (n Node) Targets() []validate.Target {
	switch {
	case !n.Can.Has(CapabilityHostProcess):
		return nil
	case n.Mode == volumes.ModeUnknown:
		return []validate.Target{n.target(volumes.ModeBind), n.target(volumes.ModeSymlinkHPC)}
	}
	return []validate.Target{n.target(n.Mode)}
}

func (n Node) target(mode volumes.Mode) validate.Target {
	return validate.NewTarget(n.Runtime, mode).WithKubelet(n.KubeletMinor)
}

// readBuild reads the build of Windows from where most of it is told: the
// kernel's version has the revision. The error is that of the kernel's version.
func readBuild(node *corev1.Node) (volumes.WindowsBuild, error) {
	info := node.Status.NodeInfo
	build, err := volumes.ParseWindowsBuild(info.KernelVersion)
	for _, text := range []string{node.Labels[corev1.LabelWindowsBuild], info.OSImage} {
		if build == (volumes.WindowsBuild{}) {
			build, _ = volumes.ParseWindowsBuild(text)
		}
	}
	return build, err
}
