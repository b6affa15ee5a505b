// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package survey_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"

	"github.com/hostprocess-go/sdk/validate/survey"
)

// on is a moment as RFC 3339 writes it, or the start of a day.
func on(text string) time.Time {
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		if at, err = time.Parse(time.DateOnly, text); err != nil {
			panic(err)
		}
	}
	return at
}

// withKubelet sets the version of a node's kubelet.
func withKubelet(n *corev1.Node, version string) *corev1.Node {
	n.Status.NodeInfo.KubeletVersion = version
	return n
}

// sentences returns the texts for some nodes at a time.
func sentences(at time.Time, nodes ...*corev1.Node) (all []string) {
	for _, u := range of(nodes...).Unsupported(at) {
		all = append(all, u.String())
	}
	return all
}

func TestUnsupported(t *testing.T) {
	today := on("2026-11-30")
	for _, tt := range []struct {
		name  string
		nodes []*corev1.Node
		want  []string
	}{
		{"no nodes", nil, nil},
		{"three alike", []*corev1.Node{
			node("a", "containerd://1.7.20", "10.0.20348.1"), node("b", "containerd://1.7.20", "10.0.26100.1"), node("c", "containerd://1.7.20", "10.0.20348.2"),
		}, []string{"3 nodes run containerd 1.7.20, unsupported since September 2026"}},
		{"versions of one release", []*corev1.Node{
			node("a", "containerd://1.6.35+azure", "10.0.17763.1"), node("b", "containerd://1.6.9", "10.0.17763.1"), node("c", "containerd://v1.6.10", "10.0.17763.1"),
		}, []string{"3 nodes run containerd 1.6.9 to 1.6.35+azure, unsupported since August 23, 2025"}},
		{"of every product, in their order", []*corev1.Node{
			withKubelet(node("a", "containerd://2.1.1", "10.0.25398.1"), "v1.31.4-eks-1"), withKubelet(node("b", "containerd://1.5.13", "10.0.20348.1"), "v1.9.0"), withKubelet(node("c", "containerd://2.2.0", "10.0.20348.1"), "v1.34.0"),
		}, []string{
			"1 node runs containerd 1.5.13, unsupported since February 28, 2023",
			"1 node runs containerd 2.1.1, unsupported since July 3, 2026",
			"1 node runs containerd 2.2.0, unsupported since November 6, 2026",
			"1 node runs Kubernetes 1.31, unsupported since November 11, 2025",
			"1 node runs Kubernetes 1.34, unsupported since October 27, 2026",
			"1 node runs Windows Server 23H2, unsupported since May 2026",
		}},
		{"supported", []*corev1.Node{
			withKubelet(node("a", "containerd://2.3.4", "10.0.17763.6414"), "v1.35.0"), withKubelet(node("b", "containerd://2.0.11", "10.0.20348.1"), "v1.37.2"),
		}, nil},
		{"nothing is known", []*corev1.Node{
			withKubelet(node("a", "containerd://2.4.2", "10.0.26100.1"), "v1.38.0"), withKubelet(node("b", "docker://20.10.9", "10.0.14393.1"), "latest"), node("c", "", ""),
		}, nil},
		{"lookalikes", []*corev1.Node{
			node("a", "containerd://1.70.1", "10.0.20348.1"), node("b", "containerd://11.6.1", "10.0.1776.3"), node("c", "cri-o://1.6.1", "10.0.20348.1"), node("d", "docker://1.6.1", "10.0.20348.1"), withKubelet(node("e", "containerd://3.1.6", ""), "v1.300.0"),
		}, nil},
		{"spellings", []*corev1.Node{
			node("a", "containerd://1.7", "10.0.20348.1"), node("b", "containerd://1.7+azure", "10.0.20348.1"), node("c", "containerd://1.7.0-beta.1", "10.0.20348.1"), node("d", "containerd://1.7.0~rc1", "10.0.20348.1"),
		}, []string{"4 nodes run containerd 1.7 to 1.7.0~rc1, unsupported since September 2026"}},
		{"other nodes", []*corev1.Node{{}, nil, func() *corev1.Node {
			n := node("a", "containerd://1.6.8", "6.8.0")
			n.Status.NodeInfo.OperatingSystem = "linux"
			return n
		}()}, nil},
	} {
		if diff := cmp.Diff(tt.want, sentences(today, tt.nodes...)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

// TestUnsupportedFrom tries the last moment of support, and the first without it.
func TestUnsupportedFrom(t *testing.T) {
	for _, tt := range []struct {
		node       *corev1.Node
		last, next string
	}{
		{node("a", "containerd://1.6.8", ""), "2025-08-23T23:59:59Z", "2025-08-24T00:00:00Z"},
		{node("a", "containerd://1.7.20", ""), "2026-09-30T23:59:59Z", "2026-10-01T00:00:00Z"},
		{node("a", "containerd://2.0.5", ""), "2027-03-31T23:59:59Z", "2027-04-01T00:00:00Z"},
		{node("a", "containerd://1.6.8", ""), "2025-08-24T01:59:59+02:00", "2025-08-23T19:00:00-05:00"},
		{withKubelet(node("a", "", ""), "v1.32.1"), "2026-02-28T23:59:59Z", "2026-03-01T00:00:00Z"},
		{node("a", "", "10.0.17763.6414"), "2029-01-09T23:59:59Z", "2029-01-10T00:00:00Z"},
	} {
		if got := sentences(on(tt.last), tt.node); got != nil {
			t.Errorf("at %s: %q", tt.last, got)
		}
		if got := sentences(on(tt.next), tt.node); len(got) != 1 {
			t.Errorf("at %s: %q", tt.next, got)
		}
		if got := sentences(time.Time{}, tt.node); got != nil {
			t.Errorf("at the zero time: %q", got)
		}
	}
}

func TestUnsupportedWhole(t *testing.T) {
	var nodes []*corev1.Node
	for _, name := range []string{"e", "b", "d", "a", "c"} {
		nodes = append(nodes, node(name, "containerd://1.6.8", "10.0.26100.1"))
	}
	s := of(nodes...)
	want := []survey.Unsupported{{
		Product: "containerd", Versions: "1.6.8", Ended: "2025-08-23", Nodes: 5, Names: []string{"a", "b", "c"},
		Source: "https://github.com/containerd/containerd/blob/301026e58c619e63d09c0ec411012e54c0124b03/RELEASES.md", Read: "2026-11-30",
	}}
	got := s.Unsupported(on("2026-11-30"))
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	got[0].Names[0] = "changed"
	if diff := cmp.Diff(want, s.Unsupported(on("2026-11-30"))); diff != "" {
		t.Errorf("a caller can change the survey (-want +got):\n%s", diff)
	}
	var back []survey.Unsupported
	text, err := json.Marshal(want)
	if err == nil {
		err = json.Unmarshal(text, &back)
	}
	if diff := cmp.Diff(want, back); diff != "" || err != nil || !strings.HasPrefix(string(text), `[{"product":"containerd","versions":"1.6.8","ended":"2025-08-23",`) {
		t.Errorf("JSON: %s, %v (-want +got):\n%s", text, err, diff)
	}
	if got := (survey.Unsupported{}).String(); got == "" {
		t.Error("the zero Unsupported says nothing")
	}
}

// TestUnsupportedCountsEveryNode counts random nodes by hand, in any order, with more
// kinds of nodes than a Survey keeps separate.
func TestUnsupportedCountsEveryNode(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	runtimes := map[string]string{"containerd://1.6.": "containerd 1.6.", "containerd://1.7.": "containerd 1.7.", "containerd://2.1.": "containerd 2.1.", "containerd://2.4.": "", "docker://20.": ""}
	prefixes := []string{"containerd://1.6.", "containerd://1.7.", "containerd://2.1.", "containerd://2.4.", "docker://20."}
	var nodes []*corev1.Node
	want := map[string]int{}
	for i := range 3000 {
		prefix, minor := prefixes[r.IntN(len(prefixes))], 28+r.IntN(12)
		n := withKubelet(node(fmt.Sprintf("n%04d", i), fmt.Sprint(prefix, r.IntN(400)), "10.0.20348.1"), fmt.Sprintf("v1.%d.1", minor))
		nodes = append(nodes, n)
		if release := runtimes[prefix]; release != "" {
			want[release]++
		}
		if minor <= 34 {
			want[fmt.Sprint("Kubernetes 1.", minor)]++
		}
	}
	var first []survey.Unsupported
	for range 3 {
		r.Shuffle(len(nodes), func(i, j int) { nodes[i], nodes[j] = nodes[j], nodes[i] })
		all := of(nodes...).Unsupported(on("2026-11-30"))
		got := map[string]int{}
		for _, u := range all {
			name := u.Product + " " + u.Versions
			if u.Product == "containerd" {
				name = name[:len("containerd 1.6.")]
			}
			got[name] += u.Nodes
			if !slices.IsSorted(u.Names) || len(u.Names) != 3 {
				t.Errorf("%s: names %q", u, u.Names)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		if first == nil {
			first = all
		}
		if diff := cmp.Diff(first, all); diff != "" {
			t.Errorf("the order of the nodes matters (-first +now):\n%s", diff)
		}
	}
}
