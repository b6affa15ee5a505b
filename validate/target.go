// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/hostprocess-go/sdk/internal/quote"
	"github.com/hostprocess-go/sdk/volumes"
)

// Target is a kind of node that a pod is meant for: a container runtime, and
// the way it mounts. It is comparable. The zero Target is a node with
// containerd 2.x and the bind filter.
type Target struct {
	// Runtime is what the node reports as its containerRuntimeVersion. The zero
	// Runtime means the newest containerd that has the Mode.
	Runtime volumes.Runtime
	// Mode is how the node mounts. Unknown means what is usual for the Runtime
	// on a Windows with its updates.
	Mode volumes.Mode
}

// defaultTargets are the nodes that a pod is validated for where a Validator names
// none.
var defaultTargets = [...]Target{{Mode: volumes.ModeBind}}

// Strictest returns those of some targets that a pod has to be judged for: what is
// wrong with it on any of them is wrong on one of these, too. It keeps their
// order, and leaves out what another says as well: of containerd 1.7.2 and 1.7.13
// the latter. It is nil where there are none.
func Strictest(targets []Target) []Target {
	kept := slices.Clone(targets)
	for i := len(kept) - 1; i >= 0; i-- {
		// A target alone stays, as every one behaves in some way.
		if others := slices.Concat(kept[:i], kept[i+1:]); kept[i].nodes()&^nodeSetOf(others) == 0 {
			kept = others
		}
	}
	return kept
}

// ParseTarget reads a target as people write it: a version of containerd
// ("1.6.8", "containerd://1.7.0-k3s1"), a mode ("bind", "symlinkHPC"), or both
// ("1.7.2@symlinkHPC"). A version without a patch ("1.6", "2.1") means the
// newest of its kind. Anything else is an error that says what to write.
func ParseTarget(text string) (Target, error) {
	version, modeName, both := strings.Cut(text, "@")
	if mode, err := volumes.ParseMode(text); err == nil && mode != volumes.ModeUnknown {
		return Target{Mode: mode}, nil
	}
	var target Target
	var err error
	if both {
		if target.Mode, err = volumes.ParseMode(modeName); err != nil {
			return Target{}, fmt.Errorf("target %s: %w", quote.Text(text), err)
		}
	}
	if !strings.Contains(version, "://") {
		version = "containerd://" + version
	}
	newest := strings.Count(version, ".") == 1
	if newest {
		version += ".99"
	}
	if target.Runtime, err = volumes.ParseRuntime(version); err != nil {
		return Target{}, fmt.Errorf("target %s: write a version of containerd (1.6.8), a mode (symlink16, bind or symlinkHPC) or both (1.7.2@symlinkHPC): %w", quote.Text(text), err)
	}
	if target.Mode = target.mode(); target.Mode == volumes.ModeUnknown {
		return Target{}, fmt.Errorf("target %s: no HostProcess containers run there: write containerd 1.6 or newer", quote.Text(text))
	}
	if newest {
		target.Runtime = volumes.Runtime{}
	}
	return target, nil
}

// NodeTarget returns the target that a node is, from what its kubelet reports.
// A node without a container runtime that can run HostProcess containers is an
// error, and so is a nil one.
func NodeTarget(node *corev1.Node) (Target, error) {
	if node == nil {
		return Target{}, errors.New("node is nil: pass a Windows node")
	}
	info := node.Status.NodeInfo
	runtime, err := volumes.ParseRuntime(info.ContainerRuntimeVersion)
	if err != nil {
		return Target{}, fmt.Errorf("node %s: %w", quote.Text(node.Name), err)
	}
	target := Target{Runtime: runtime, Mode: runtime.Mode(windowsBuild(node))}
	if target.Mode = target.mode(); target.Mode == volumes.ModeUnknown {
		return Target{}, fmt.Errorf("node %s: %s runs no HostProcess containers: use containerd 1.6 or newer", quote.Text(node.Name), runtime)
	}
	return target, nil
}

// windowsBuild is what the node says of its Windows; the kernel's version tells
// most, because it has the revision. It is zero where nothing is told.
func windowsBuild(node *corev1.Node) volumes.WindowsBuild {
	info := node.Status.NodeInfo
	for _, text := range []string{info.KernelVersion, node.Labels[corev1.LabelWindowsBuild], info.OSImage} {
		if build, err := volumes.ParseWindowsBuild(text); err == nil {
			return build
		}
	}
	return volumes.WindowsBuild{}
}

// String names the target: "containerd 1.6.8", "containerd 1.7.2 without the
// bind filter".
func (t Target) String() string {
	name, known := strings.CutPrefix(t.Runtime.String(), "containerd://")
	if known {
		name = "containerd " + name
	}
	mode := t.mode()
	switch {
	case mode == volumes.ModeSymlinkHPC && name == "":
		return "containerd 1.7 or newer without the bind filter"
	case mode == volumes.ModeSymlinkHPC:
		return name + " without the bind filter"
	case name != "":
		return name
	case mode == volumes.ModeSymlink16:
		return "containerd 1.6"
	}
	return "containerd 1.7 or newer"
}

// mode is the target's mode, or what is usual for its runtime.
func (t Target) mode() volumes.Mode {
	switch {
	case t.Mode != volumes.ModeUnknown:
		return t.Mode
	case t.Runtime == volumes.Runtime{} || t.Runtime.LocalGroups():
		return volumes.ModeBind // containerd 1.7 or newer, on a Windows with its updates
	}
	return t.Runtime.Mode(volumes.WindowsBuild{})
}

// RunsCmd reports whether the node runs the command lines of containers, probes and
// hooks with cmd.exe, as every node with the bind filter does. Otherwise Windows
// starts the program directly.
func (t Target) RunsCmd() bool { return t.mode() == volumes.ModeBind }

// nodeSetOf is everything that at least one of the targets does.
func nodeSetOf(targets []Target) nodeSet {
	var all nodeSet
	for _, t := range targets {
		all |= t.nodes()
	}
	return all
}

// names lists the targets that behave so, or nothing where all do.
func names(targets []Target, when nodeSet) string {
	var some []string
	for _, t := range targets {
		if when == 0 || when&t.nodes() != 0 {
			some = append(some, t.String())
		}
	}
	if len(some) == len(targets) {
		return ""
	}
	return strings.Join(some, ", ")
}
