// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/hostprocess-go/sdk/internal/kubelet"
	"github.com/hostprocess-go/sdk/internal/quote"
	"github.com/hostprocess-go/sdk/volumes"
)

// Target is a kind of node that a pod is for: a container runtime, the way it mounts
// volumes, and a kubelet. It is comparable. The zero Target is a node with containerd
// 2.x, the bind filter, and a kubelet as new as the API server.
type Target struct {
	// runtime is zero for the newest containerd that has the mode.
	runtime volumes.Runtime
	// mode is zero for the usual mode of the runtime on an updated Windows, so that
	// equivalent targets are equal.
	mode volumes.Mode
	// kubelet is the minor of the kubelet; zero if it isn't known.
	kubelet int
}

// NewTarget returns the target with a runtime and a mode. The zero Runtime means the
// newest containerd that has the mode, and ModeUnknown the usual mode of the runtime on
// an updated Windows.
func NewTarget(runtime volumes.Runtime, mode volumes.Mode) Target {
	t := Target{runtime: runtime}
	if mode != t.Mode() {
		t.mode = mode
	}
	return t
}

// WithKubelet returns the target with the minor of a kubelet: 30 for v1.30. Zero or
// less means that it isn't known; it is then assumed to be as new as the API server,
// Validator.KubernetesMinor.
func (t Target) WithKubelet(minor int) Target {
	t.kubelet = max(minor, 0)
	return t
}

// Runtime returns the container runtime; zero for the newest containerd that has the
// Mode.
func (t Target) Runtime() volumes.Runtime { return t.runtime }

// Mode returns how the node mounts volumes. It is ModeUnknown for a runtime that can't
// run HostProcess containers.
func (t Target) Mode() volumes.Mode {
	switch {
	case t.mode != volumes.ModeUnknown:
		return t.mode
	case t.runtime == volumes.Runtime{} || t.runtime.LocalGroups():
		return volumes.ModeBind // containerd 1.7 or newer, on a Windows with its updates
	}
	return t.runtime.Mode(volumes.WindowsBuild{})
}

// Equal reports whether t == u. go-cmp uses it.
func (t Target) Equal(u Target) bool { return t == u }

// KubeletMinor returns the minor of the kubelet, 30 for v1.30; zero if it isn't known.
func (t Target) KubeletMinor() int { return t.kubelet }

// defaultTargets are the nodes that a pod is validated for if a Validator has none.
var defaultTargets = [...]Target{{}}

// Strictest returns the targets that are enough to validate a pod for all given ones:
// every problem on one of those is a problem on one of these too. It keeps their order,
// and omits targets that another covers: of containerd 1.7.2 and 1.7.13, the latter. It
// returns nil if there are none.
func Strictest(targets []Target) []Target {
	kept := slices.Clone(targets)
	for i := len(kept) - 1; i >= 0; i-- {
		// A single target stays, because every target has some behavior.
		if others := slices.Concat(kept[:i], kept[i+1:]); kept[i].nodes(unknownMinor)&^nodeSetOf(others, unknownMinor) == 0 {
			kept = others
		}
	}
	return kept
}

// ParseTarget parses a target in the form that people write: a version of containerd
// ("1.6.8", "containerd://1.7.0-k3s1"), a mode ("bind", "symlinkHPC"), or both
// ("1.7.2@symlinkHPC"). A version without a patch ("1.6", "2.1") means the newest
// patch. The kubelet follows after a slash ("1.7.2/kubelet-1.29"), or is given alone
// ("kubelet-1.29"). The error for any other text describes what to write.
func ParseTarget(text string) (Target, error) {
	node, version, hasKubelet := strings.Cut(text, "kubelet-")
	if !hasKubelet {
		return parseNode(text, text)
	}
	minor := kubelet.Minor(version)
	before, slash := strings.CutSuffix(node, "/")
	if minor == 0 || node != "" && !slash {
		return Target{}, fmt.Errorf("target %s: write the kubelet like kubelet-1.30, after a slash: 1.7.2/kubelet-1.30", quote.Text(text))
	}
	if node == "" {
		return Target{}.WithKubelet(minor), nil
	}
	t, err := parseNode(text, before)
	if err != nil {
		return Target{}, err
	}
	return t.WithKubelet(minor), nil
}

// parseNode parses a target without a kubelet, which is part of the whole text.
func parseNode(whole, text string) (Target, error) {
	if mode, err := volumes.ParseMode(text); err == nil && mode != volumes.ModeUnknown {
		return NewTarget(volumes.Runtime{}, mode), nil
	}
	version, modeName, both := strings.Cut(text, "@")
	mode := volumes.ModeUnknown
	if both {
		var err error
		if mode, err = volumes.ParseMode(modeName); err != nil {
			return Target{}, fmt.Errorf("target %s: %w", quote.Text(whole), err)
		}
	}
	if !strings.Contains(version, "://") {
		version = "containerd://" + version
	}
	newest := strings.Count(version, ".") == 1
	if newest {
		version += ".99"
	}
	runtime, err := volumes.ParseRuntime(version)
	if err != nil {
		return Target{}, fmt.Errorf("target %s: write a version of containerd (1.6.8), a mode (symlink16, bind or symlinkHPC) or both (1.7.2@symlinkHPC): %w", quote.Text(whole), err)
	}
	target := NewTarget(runtime, mode)
	if target.Mode() == volumes.ModeUnknown {
		return Target{}, fmt.Errorf("target %s: it doesn't support HostProcess containers: write containerd 1.6 or newer", quote.Text(whole))
	}
	if newest {
		target = NewTarget(volumes.Runtime{}, target.Mode())
	}
	return target, nil
}

// NodeTarget returns the target of a node, from the kubelet, the runtime and the
// Windows that it reports. It returns an error for a node whose runtime can't run
// HostProcess containers, and for nil.
func NodeTarget(node *corev1.Node) (Target, error) {
	if node == nil {
		return Target{}, errors.New("node is nil: pass a Windows node")
	}
	info := node.Status.NodeInfo
	runtime, err := volumes.ParseRuntime(info.ContainerRuntimeVersion)
	if err != nil {
		return Target{}, fmt.Errorf("node %s: %w", quote.Text(node.Name), err)
	}
	target := NewTarget(runtime, runtime.Mode(windowsBuild(node))).WithKubelet(kubelet.Minor(info.KubeletVersion))
	if target.Mode() == volumes.ModeUnknown {
		return Target{}, fmt.Errorf("node %s: %s doesn't support HostProcess containers: use containerd 1.6 or newer", quote.Text(node.Name), runtime)
	}
	return target, nil
}

// windowsBuild returns the Windows build that the node reports, preferably from the
// kernel version, which includes the revision. It is zero if the node reports none.
func windowsBuild(node *corev1.Node) volumes.WindowsBuild {
	info := node.Status.NodeInfo
	for _, text := range []string{info.KernelVersion, node.Labels[corev1.LabelWindowsBuild], info.OSImage} {
		if build, err := volumes.ParseWindowsBuild(text); err == nil {
			return build
		}
	}
	return volumes.WindowsBuild{}
}

// String returns the target for people: "containerd 1.6.8", "containerd 1.7.2 without
// the bind filter", "containerd 1.7 or newer and kubelet 1.30".
func (t Target) String() string {
	name, known := strings.CutPrefix(t.runtime.String(), "containerd://")
	mode := t.Mode()
	switch {
	case known:
		name = "containerd " + name
	case name == "" && mode == volumes.ModeSymlink16:
		name = "containerd 1.6"
	case name == "":
		name = "containerd 1.7 or newer"
	}
	if t.kubelet != 0 {
		name += " and kubelet 1." + strconv.Itoa(t.kubelet)
	}
	if mode == volumes.ModeSymlinkHPC {
		name += " without the bind filter"
	}
	return name
}

// MarshalText returns the target in the form of ParseTarget: "1.7.2@symlinkHPC".
func (t Target) MarshalText() ([]byte, error) {
	text := strings.TrimPrefix(t.runtime.String(), "containerd://")
	switch {
	case text == "":
		text = t.Mode().String()
	case t.mode != volumes.ModeUnknown:
		text += "@" + t.mode.String()
	}
	if t.kubelet != 0 {
		text += "/kubelet-1." + strconv.Itoa(t.kubelet)
	}
	return []byte(text), nil
}

// UnmarshalText parses a target with ParseTarget.
func (t *Target) UnmarshalText(text []byte) error {
	parsed, err := ParseTarget(string(text))
	if err == nil {
		*t = parsed
	}
	return err
}

// RunsCmd reports whether the node runs the command lines of containers, probes and
// hooks with cmd.exe, as every node with the bind filter does. On other nodes, Windows
// starts the program directly.
func (t Target) RunsCmd() bool { return t.Mode() == volumes.ModeBind }

// nodeSetOf is everything that at least one of the targets does.
func nodeSetOf(targets []Target, minor int) nodeSet {
	var all nodeSet
	for _, t := range targets {
		all |= t.nodes(minor)
	}
	return all
}

// which returns the targets that behave so; nil where all do.
func which(targets []Target, when nodeSet, minor int) []Target {
	behaves := func(t Target) bool { return when == 0 || when&t.nodes(minor) != 0 }
	i := slices.IndexFunc(targets, func(t Target) bool { return !behaves(t) })
	if i < 0 {
		return nil
	}
	some := slices.Clone(targets[:i])
	for _, t := range targets[i:] {
		if behaves(t) {
			some = append(some, t)
		}
	}
	return some
}
