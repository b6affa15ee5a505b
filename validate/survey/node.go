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

// Node is what a Windows node reports about itself. In the zero Node, nothing is known.
type Node struct {
	// Runtime is its container runtime; zero if it can't be read.
	Runtime volumes.Runtime
	// Build is its build of Windows; zero if it can't be read.
	Build volumes.WindowsBuild
	// Mode is how the node mounts volumes. It is Unknown for a runtime that can't
	// run HostProcess pods, and if the runtime or the build isn't known. With
	// containerd 1.7 and newer, it is Unknown for a Windows Server 2019 that doesn't
	// report its revision.
	Mode volumes.Mode
	// KubeletMinor is the minor of its kubelet, 30 for v1.30; zero if it can't be read.
	KubeletMinor int
	// Can are the capabilities that the node certainly has, and Unknown those that it
	// may have.
	Can, Unknown Capabilities
	// Err describes what the node didn't report, or reported in an unknown form, if
	// that leaves something unknown. It is nil if nothing is unknown.
	Err error
}

// Read returns what a node reports about itself in status.nodeInfo and its labels. It
// returns false for nil, and for a node that isn't known to run Windows.
//
// The operating system is status.nodeInfo.operatingSystem, or else the label
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

// derive fills in what follows from the runtime and the build. err is the reason if the
// build isn't known.
func (n *Node) derive(err error) {
	n.Mode = n.Runtime.Mode(n.Build)
	switch {
	case n.Mode == volumes.ModeUnknown && n.Build.Build != 0:
		err = fmt.Errorf("it isn't known whether Windows build %d has the bind filter", n.Build.Build)
	case n.Mode == volumes.ModeSymlinkHPC && n.Build.Revision == 0:
		// An update of July 2022 brought the bind filter to Windows Server 2019.
		n.Mode = volumes.ModeUnknown
		err = errors.New("the revision of Windows Server 2019 isn't known: status.nodeInfo.kernelVersion should be like 10.0.17763.3165")
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

// Targets returns the targets of a validate.Validator for the node. It is one target; two
// if it isn't known whether the node has the bind filter; and none if the node's runtime
// can't run HostProcess pods or isn't known.
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

// readBuild reads the build of Windows from the field with the most detail: the kernel
// version includes the revision. The error is that of the kernel version.
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
