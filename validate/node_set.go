// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"cmp"
	"strings"

	"github.com/hostprocess-go/sdk/volumes"
)

// nodeSet is a set of properties in which nodes differ. A rule names those that it is
// about.
type nodeSet uint32

const (
	// symlinkMounts: mounts are symbolic links below the container's root. A path
	// outside it is the host's; drive letters of mountPaths and readOnly are ignored;
	// an absolute working directory is below the root.
	symlinkMounts nodeSet = 1 << iota
	// bindMounts: mounts are at their mountPath, and cmd /c runs command lines.
	bindMounts
	// fallbackMounts: containerd 1.7 or newer without the bind filter.
	fallbackMounts
	// noLocalGroups: a runAsUserName can't be a local group.
	noLocalGroups
	// noEnvTokens: the sandbox variable isn't expanded in env values.
	noEnvTokens
	// ignoresReadOnly: readOnly mounts can be written to.
	ignoresReadOnly
	// noPortForward: kubectl port-forward fails.
	noPortForward
	// noStartWithoutWorkingDir: containerd 1.6.34, whose default working
	// directory does not exist.
	noStartWithoutWorkingDir
	// startsInDriveRoot: the default working directory is C:\.
	startsInDriveRoot
	// startsInRoot: the default working directory is the container's root.
	startsInRoot
	// startsBelowRoot: the default working directory is a new directory hpc
	// below the container's root.
	startsBelowRoot
	// kubelet128: a kubelet of Kubernetes 1.28 or older.
	kubelet128
	// kubelet136: a kubelet of Kubernetes 1.36 or older.
	kubelet136
	// noNumberedGroups: no runAsUserName can be a number.
	noNumberedGroups
	// losesOutput: the last output of a process may not get into the log.
	losesOutput

	// kubeletUnknown: nothing is known about the kubelet, not even the minor of the API
	// server. No rule is about it.
	kubeletUnknown nodeSet = 1 << 31
)

// unknownMinor is the minor of an API server that isn't known.
const unknownMinor = 0

// nodes returns the properties of the target. A kubelet about which nothing is known is
// assumed to have the API server's minor.
func (t Target) nodes(minor int) nodeSet {
	mode := t.Mode()
	known := t.runtime.String() != ""
	b := t.start(mode, known)
	switch mode {
	case volumes.ModeSymlink16:
		b |= symlinkMounts | noLocalGroups | ignoresReadOnly | noPortForward | losesOutput
	case volumes.ModeSymlinkHPC:
		b |= symlinkMounts | fallbackMounts | ignoresReadOnly
	case volumes.ModeBind:
		b |= bindMounts
	default:
		b |= ignoresReadOnly
	}
	if known {
		b |= t.runtimeNodes(mode)
	} else {
		b |= noNumberedGroups
	}
	switch kubelet := cmp.Or(t.kubelet, minor); {
	case kubelet == unknownMinor:
		b |= kubeletUnknown
	case kubelet <= 28:
		b |= kubelet128 | kubelet136
	case kubelet <= 36:
		b |= kubelet136
	}
	return b
}

// runtimeNodes returns the behaviours that follow from the version of containerd.
func (t Target) runtimeNodes(mode volumes.Mode) nodeSet {
	var b nodeSet
	unless := func(able bool, one nodeSet) {
		if !able {
			b |= one
		}
	}
	unless(t.runtime.ExpandsEnvValues(), noEnvTokens)
	unless(t.runtime.EnforcesReadOnly(mode), ignoresReadOnly)
	unless(t.runtime.PortForward(), noPortForward)
	unless(t.runtime.NumberedGroups(), noNumberedGroups)
	unless(t.runtime.KeepsOutput(), losesOutput)
	return b
}

// start returns where a container of the target starts if neither it nor its image sets
// a working directory.
func (t Target) start(mode volumes.Mode, known bool) nodeSet {
	belowRoot := mode == volumes.ModeSymlinkHPC
	if known {
		// The directory that containerd sets, resolved in the mode that doesn't change
		// it.
		dir, err := t.runtime.WorkingDir(volumes.ModeBind, "", "")
		if err != nil {
			return 0
		}
		if dir == `C:\` && mode == volumes.ModeBind {
			return startsInDriveRoot
		}
		if dir != `C:\` && mode == volumes.ModeSymlink16 {
			return noStartWithoutWorkingDir
		}
		belowRoot = dir != `C:\` && mode == volumes.ModeSymlinkHPC
	}
	switch {
	case belowRoot:
		return startsBelowRoot
	case mode == volumes.ModeUnknown:
		return 0
	}
	return startsInRoot
}

// nodeSetNames are the words for each nodeSet, in order.
var nodeSetNames = [...]string{
	"nodes without the bind filter",
	"nodes with the bind filter",
	"containerd 1.7 or newer without the bind filter",
	"containerd 1.6",
	"containerd before 1.6.7",
	"nodes without the bind filter, and containerd before 1.7.0-beta.3",
	"containerd before 1.7.16",
	"containerd 1.6.34",
	"containerd 1.7.0 to 1.7.18 with the bind filter",
	"nodes whose default working directory is the container's root",
	"containerd 1.7.19 or newer without the bind filter",
	"kubelets of Kubernetes 1.28 and older",
	"kubelets of Kubernetes 1.36 and older",
	"containerd but for 1.7.27 to 1.7.31, 2.0.4 to 2.0.8, 2.1.0 to 2.1.7, 2.2.0 to 2.2.3 and 2.3.0",
	"containerd 1.6 and 1.7",
}

// String describes the nodes with these properties; it is "" for the empty set.
func (b nodeSet) String() string {
	var words []string
	for i, name := range nodeSetNames {
		if b&(1<<i) != 0 {
			words = append(words, name)
		}
	}
	return strings.Join(words, "; ")
}
