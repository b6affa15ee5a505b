// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package survey

import (
	"cmp"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/hostprocess-go/sdk/volumes"
)

// Survey collects what is known about a set of nodes. The zero Survey is empty and ready
// to use. It isn't safe for concurrent use.
//
// The results don't depend on the order in which nodes are added, unless there are more
// kinds of nodes, or more labels, than a Survey can hold, which is far more than real
// clusters have.
type Survey struct {
	kinds      map[kind]int // indexes of groups
	groups     []Group
	kubelets   []kubelets // of each group
	labels     map[string]*label
	running    []running // of each of releases
	notWindows int
}

// Group is a set of nodes with the same runtime, the same build of Windows and the same
// mode. The zero Group is empty.
type Group struct {
	// Node is what the first of Names reports about itself.
	Node Node
	// Oldest and Newest are the builds with the lowest and the highest revision.
	Oldest, Newest volumes.WindowsBuild
	// Nodes is the number of nodes.
	Nodes int
	// Others is the number of them with another runtime or build, added when the
	// Survey already had hundreds of kinds. They have the same capabilities.
	Others int
	// Names are the first few of their names, in alphabetical order.
	Names []string
}

// kubelets are the kubelet minors of some nodes, as far as they matter for targets. Rules
// are about kubelets that are too old, so those between oldest and newest don't matter.
type kubelets struct {
	oldest, newest int // zero if none is known
	unknown        bool
}

func (k *kubelets) add(minor int) {
	if minor <= 0 {
		k.unknown = true
		return
	}
	if k.oldest == 0 || minor < k.oldest {
		k.oldest = minor
	}
	k.newest = max(k.newest, minor)
}

// minors lists them; zero is an unknown minor.
func (k kubelets) minors() (all []int) {
	if k.oldest != 0 {
		all = append(all, k.oldest)
	}
	if k.newest != k.oldest {
		all = append(all, k.newest)
	}
	if k.unknown {
		all = append(all, 0)
	}
	return all
}

// kind is the facts that the nodes of a group share.
type kind struct {
	runtime volumes.Runtime
	build   uint32
	mode    volumes.Mode
}

const (
	// manyGroups is the number of groups after which kinds are no longer separated by
	// runtime and build. A few more can be added for capabilities that no group has:
	// fewer than maxGroups-manyGroups, because they all follow from a mode and a
	// version.
	manyGroups = 224
	maxGroups  = 256

	namesOfGroup = 3
)

// Add adds a node. It counts and skips nodes for which Read returns false, and ignores
// nil. The Survey keeps only some strings of the node.
func (s *Survey) Add(node *corev1.Node) {
	if node == nil {
		return
	}
	n, ok := Read(node)
	if !ok {
		s.notWindows++
		return
	}
	i := s.group(n)
	s.groups[i].add(node.Name, n)
	s.kubelets[i].add(n.KubeletMinor)
	s.addLabels(i, node.Labels)
	s.addReleases(node.Name, n)
}

// group returns the index of the group for a node, and creates the group if necessary.
func (s *Survey) group(n Node) int {
	k := kind{n.Runtime, n.Build.Build, n.Mode}
	i, known := s.kinds[k]
	if known {
		return i
	}
	if len(s.groups) >= manyGroups {
		i = slices.IndexFunc(s.groups, func(g Group) bool {
			return g.Node.Mode == n.Mode && g.Node.Can == n.Can && g.Node.Unknown == n.Unknown
		})
		if i >= 0 {
			s.groups[i].Others++
			return i
		}
	}
	if s.kinds == nil {
		s.kinds = map[kind]int{}
	}
	i = len(s.groups)
	s.kinds[k] = i
	s.groups = append(s.groups, Group{Node: n, Oldest: n.Build, Newest: n.Build})
	s.kubelets = append(s.kubelets, kubelets{})
	return i
}

// add counts a node.
func (g *Group) add(name string, n Node) {
	g.Nodes++
	if n.Build.Build == g.Oldest.Build {
		g.Oldest.Revision = min(g.Oldest.Revision, n.Build.Revision)
		g.Newest.Revision = max(g.Newest.Revision, n.Build.Revision)
	}
	var at int
	g.Names, at = insertName(g.Names, name)
	if at == 0 && (kind{n.Runtime, n.Build.Build, n.Mode} == kind{g.Node.Runtime, g.Node.Build.Build, g.Node.Mode}) {
		g.Node = n
	}
}

// insertName inserts a name into the first few, and returns its index among them.
func insertName(names []string, name string) ([]string, int) {
	at, _ := slices.BinarySearch(names, name)
	if at == namesOfGroup {
		return names, at
	}
	if len(names) == namesOfGroup {
		names = names[:namesOfGroup-1]
	}
	return slices.Insert(names, at, name), at
}

// NotWindows returns the number of nodes that were skipped because they aren't known to
// run Windows.
func (s *Survey) NotWindows() int { return s.notWindows }

// Groups returns the groups, starting with those that can't run HostProcess pods or
// aren't known to, then by runtime and build. Nil means that there are no Windows nodes.
func (s *Survey) Groups() []Group {
	var sorted []Group
	for _, i := range s.order() {
		g := s.groups[i]
		g.Names = slices.Clone(g.Names)
		sorted = append(sorted, g)
	}
	return sorted
}

// order returns the indexes of the groups in the order of Groups.
func (s *Survey) order() []int {
	order := make([]int, len(s.groups))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(i, j int) int {
		a, b := s.groups[i], s.groups[j]
		return cmp.Or(
			cmp.Compare(a.Node.Can&(CapabilityHostProcess|CapabilityLocalGroups), b.Node.Can&(CapabilityHostProcess|CapabilityLocalGroups)),
			compareVersions(a.Node.Runtime.String(), b.Node.Runtime.String()),
			cmp.Compare(a.Node.Build.Build, b.Node.Build.Build),
			cmp.Compare(a.Node.Mode, b.Node.Mode),
		)
	})
	return order
}

// compareVersions compares texts, with the numbers in them in numerical order.
func compareVersions(a, b string) int {
	for a != "" && b != "" {
		x, y := digits(a), digits(b)
		if x > 0 && y > 0 {
			n, m := strings.TrimLeft(a[:x], "0"), strings.TrimLeft(b[:y], "0")
			if c := cmp.Or(cmp.Compare(len(n), len(m)), strings.Compare(n, m)); c != 0 {
				return c
			}
			a, b = a[x:], b[y:]
			continue
		}
		if a[0] != b[0] {
			return cmp.Compare(a[0], b[0])
		}
		a, b = a[1:], b[1:]
	}
	return cmp.Compare(len(a), len(b))
}

// digits returns the number of digits that s starts with.
func digits(s string) int { return len(s) - len(strings.TrimLeft(s, "0123456789")) }
