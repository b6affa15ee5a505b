// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package survey_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"

	"github.com/hostprocess-go/sdk/validate/survey"
)

// twoPools makes an old node and a number of new ones that differ in one label.
func twoPools(key string, newValues ...string) []*corev1.Node {
	nodes := []*corev1.Node{node("old", "containerd://1.6.8", "10.0.20348.1", key, "old")}
	for i, value := range newValues {
		nodes = append(nodes, node(fmt.Sprint("new-", i), "containerd://2.1.1", "10.0.20348.1", key, value))
	}
	return nodes
}

// selectsBy reports whether the new nodes of two pools are selected by the label.
func selectsBy(key string, nodes []*corev1.Node) bool {
	selector := of(nodes...).Split(survey.CapabilityLocalGroups)[0].Selector
	return slices.ContainsFunc(selector, func(e corev1.NodeSelectorRequirement) bool { return e.Key == key })
}

// TestLabelBounds tries the last label that is kept, and the first that isn't.
func TestLabelBounds(t *testing.T) {
	many := func(n int) []string {
		var values []string
		for i := range n {
			values = append(values, fmt.Sprint("v", i))
		}
		return values
	}
	for _, tt := range []struct {
		name, key string
		values    []string
		want      bool
	}{
		{"one value", "a", []string{"new"}, true},
		{"64 values with the old node's", "a", many(63), true},
		{"65 values", "a", many(64), false},
		{"a value of 63 bytes", "a", []string{strings.Repeat("v", 63)}, true},
		{"a value of 64 bytes", "a", []string{strings.Repeat("v", 64)}, false},
		{"a key of 317 bytes", strings.Repeat("k", 317), []string{"new"}, true},
		{"a key of 318 bytes", strings.Repeat("k", 318), []string{"new"}, false},
		{"the host's name", corev1.LabelHostname, []string{"new"}, false},
	} {
		if got := selectsBy(tt.key, twoPools(tt.key, tt.values...)); got != tt.want {
			t.Errorf("%s: selects: %t", tt.name, got)
		}
	}
	// A pod that selects a label which wasn't kept may run anywhere.
	long := strings.Repeat("k", 318)
	s := of(twoPools(long, "new")...)
	if targets := s.Targets(&corev1.PodSpec{NodeSelector: map[string]string{long: "x"}}); len(targets) != 2 {
		t.Errorf("a key that isn't kept rules nodes out: %v", targets)
	}
	if targets := s.Targets(&corev1.PodSpec{NodeSelector: map[string]string{long[1:]: "x"}}); targets != nil {
		t.Errorf("a key that no node has rules no node out: %v", targets)
	}

	// For a label with too many values, the survey doesn't keep the values of each node.
	wide := of(twoPools("a", many(65)...)...)
	if targets := wide.Targets(&corev1.PodSpec{NodeSelector: map[string]string{"a": "v1"}}); len(targets) != 2 {
		t.Errorf("a label with too many values rules nodes out: %v", targets)
	}
	if targets := wide.Targets(&corev1.PodSpec{NodeSelector: map[string]string{"b": "v1"}}); targets != nil {
		t.Errorf("a label that no node has rules no node out: %v", targets)
	}
	// A key that isn't kept keeps no other from being kept.
	nodes := twoPools("a", "new")
	for i := range 32 {
		for _, n := range nodes {
			n.Labels[long+fmt.Sprint(i)] = "x"
		}
	}
	if !selectsBy("a", nodes) {
		t.Error("a label is lost beside keys that aren't kept")
	}

	// Of 256 labels two are those that every Windows node has, and one is the
	// host's name.
	for _, others := range []int{252, 253} {
		crowd := node("crowd", "containerd://2.1.1", "10.0.20348.1")
		for i := range others {
			crowd.Labels[fmt.Sprint("crowd-", i)] = "x"
		}
		nodes := append([]*corev1.Node{crowd}, twoPools("a", "new")...)
		crowd.Labels["a"] = "new"
		if others == 253 {
			delete(crowd.Labels, "a")
			nodes = append(nodes[:1:1], twoPools("a", "new")...)
		}
		s := of(nodes...)
		lost := s.Targets(&corev1.PodSpec{NodeSelector: map[string]string{"a": "lost"}})
		if kept := others == 252; kept != (selectsBy("a", nodes)) {
			t.Errorf("%d other labels: a is kept: %t", others, !kept)
		}
		// If there is no room for more labels, the labels of a node are unknown.
		if len(lost) == 0 != (others == 252) {
			t.Errorf("%d other labels: %v", others, lost)
		}
	}
}

// TestManyGroups: after 224 kinds, nodes are counted with one that can do the same.
func TestManyGroups(t *testing.T) {
	for nodes, want := range map[int][2]int{223: {223, 0}, 224: {224, 0}, 225: {224, 1}, 300: {224, 76}} {
		var s survey.Survey
		for i := range nodes {
			s.Add(node("n", fmt.Sprint("docker://", i), "10.0.20348.1"))
		}
		others := 0
		for _, g := range s.Groups() {
			others += g.Others
		}
		if got := [2]int{len(s.Groups()), others}; got != want {
			t.Errorf("%d kinds: %d groups and %d others, want %v", nodes, got[0], got[1], want)
		}
	}
}

// TestRank: of labels that select the same nodes, the one most closely related to the
// software is used.
func TestRank(t *testing.T) {
	order := [][]string{
		{corev1.LabelWindowsBuild},
		{pool, "eks.amazonaws.com/nodegroup", "cloud.google.com/gke-nodepool", "pool"},
		{"example.com/other", "aaa", "zzz"},
		{"topology.kubernetes.io/zone", "topology.kubernetes.io/region", "node.kubernetes.io/instance-type", "zone"},
	}
	for i, better := range order[:len(order)-1] {
		for _, worse := range order[i+1] {
			for _, key := range better {
				old, young := node("a", "containerd://1.6.8", "10.0.20348.1", worse, "a", key, "a"), node("b", "containerd://2.1.1", "10.0.20348.1", worse, "b", key, "b")
				selector := of(old, young).Split(survey.CapabilityLocalGroups)[0].Selector
				if len(selector) != 2 || selector[1].Key != key {
					t.Errorf("%s and %s: %v", key, worse, selector)
				}
			}
		}
	}
	// Of the same rank, the label with fewer values, then the first by name.
	few := of(
		node("a", "containerd://1.6.8", "10.0.20348.1", "aa", "1", "ab", "1", "ac", "1"),
		node("b", "containerd://2.1.1", "10.0.20348.1", "aa", "2", "ab", "2", "ac", "2"),
		node("c", "containerd://2.1.1", "10.0.20348.1", "aa", "3", "ab", "2", "ac", "2"),
	).Split(survey.CapabilityLocalGroups)[0].Selector
	if len(few) != 2 || few[1].Key != "ab" {
		t.Errorf("%v", few)
	}
}

// TestOrderOfGroups: by what they can do, then versions as numbers, builds, modes.
func TestOrderOfGroups(t *testing.T) {
	kinds := [][2]string{
		{"", "10.0.20348.1"},
		{"docker://1", "10.0.20348.1"},
		{"docker://20.10.9", "10.0.20348.1"},
		{"docker://x", "10.0.20348.1"},
		{"containerd://1.6.8", "10.0.20348.1"},
		{"containerd://1.6.10", "10.0.17763.1"},
		{"containerd://1.6.10", "10.0.20348.1"},
		{"containerd://1.7.9", "10.0.20348.1"},
		{"containerd://1.7.10", "10.0.17763"}, // unknown
		{"containerd://1.7.10", "10.0.17763.6414"},
		{"containerd://1.7.10", "10.0.17763.1000"},
		{"containerd://1.7.10", "10.0.20348.1"},
		{"containerd://1.10.0", "10.0.20348.1"},
		{"containerd://2.1.1", "10.0.20348.1"},
		{"containerd://2.1.1+a", "10.0.20348.1"},
		{"containerd://2.1.1+b", "10.0.20348.1"},
		{"containerd://2.1.1+b1", "10.0.20348.1"},
		{"containerd://2.1.1+b2", "10.0.20348.1"},
		{"containerd://2.1.1+b10", "10.0.20348.1"},
	}
	var names []string
	var nodes []*corev1.Node
	for i, kind := range kinds {
		names = append(names, fmt.Sprint(i))
		nodes = append(nodes, node(names[i], kind[0], kind[1]))
	}
	check := func(nodes []*corev1.Node, want []string) {
		t.Helper()
		var got []string
		for _, g := range of(nodes...).Groups() {
			got = append(got, g.Names...)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("groups (-want +got):\n%s", diff)
		}
	}
	check(nodes, names)
	for i := range nodes { // each two, in both orders
		for j := range i {
			check([]*corev1.Node{nodes[i], nodes[j]}, []string{names[j], names[i]})
			check([]*corev1.Node{nodes[j], nodes[i]}, []string{names[j], names[i]})
		}
	}
}

// TestPartAccumulates: a part has the facts of all of its groups, in any order.
func TestPartAccumulates(t *testing.T) {
	for _, tt := range []struct {
		name         string
		first, last  *corev1.Node
		can, unknown survey.Capabilities
	}{
		{"the last is unknown", node("a", "containerd://1.7.17", "10.0.20348.1"), node("b", "containerd://2.1.1", ""),
			onSymlinks, survey.CapabilityInClusterConfig | survey.CapabilityReadOnlyMounts},
		{"the first is unknown", node("a", "containerd://1.7.17", ""), node("b", "containerd://2.1.1", "10.0.20348.1"),
			onSymlinks, survey.CapabilityInClusterConfig | survey.CapabilityReadOnlyMounts},
		{"different things are unknown", node("a", "containerd://1.7.0-beta.1", ""), node("b", "containerd://2.1.1", ""),
			survey.CapabilityHostProcess | survey.CapabilityLocalGroups | survey.CapabilityEnvTokens, survey.CapabilityInClusterConfig | survey.CapabilityReadOnlyMounts},
		{"the first can less", node("a", "containerd://1.6.6", ""), node("b", "containerd://2.1.1", "10.0.20348.1"),
			survey.CapabilityHostProcess, 0},
		{"each can what the other can't", node("a", "containerd://1.7.2", "10.0.20348.1"), node("b", "containerd://1.7.17", "10.0.17763.1000"),
			survey.CapabilityHostProcess | survey.CapabilityLocalGroups | survey.CapabilityEnvTokens, 0},
	} {
		parts := of(tt.first, tt.last, tt.last).Split(0)
		if len(parts) != 1 || parts[0].Can != tt.can || parts[0].Unknown != tt.unknown || parts[0].Nodes != 3 || len(parts[0].Groups) != 2 {
			t.Errorf("%s: %+v", tt.name, parts)
		}
	}
}

// TestCapabilityWords checks that each word names its capability.
func TestCapabilityWords(t *testing.T) {
	for word, want := range map[string]survey.Capabilities{
		"host-process": survey.CapabilityHostProcess, "local-groups": survey.CapabilityLocalGroups, "in-cluster-config": survey.CapabilityInClusterConfig,
		"read-only-mounts": survey.CapabilityReadOnlyMounts, "port-forward": survey.CapabilityPortForward, "env-tokens": survey.CapabilityEnvTokens,
	} {
		if got, err := survey.ParseCapabilities(word); got != want || err != nil || got.String() != word {
			t.Errorf("%s is %s, %v", word, got, err)
		}
		if !everything.Has(want) || (everything &^ want).Has(want) || want.Has(want|survey.CapabilityHostProcess) != (want == survey.CapabilityHostProcess) {
			t.Errorf("Has is wrong for %s", word)
		}
	}
}
