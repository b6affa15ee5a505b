// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package survey_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/selection"

	"github.com/hostprocess-go/sdk/validate"
	"github.com/hostprocess-go/sdk/validate/survey"
	"github.com/hostprocess-go/sdk/volumes"
)

// of surveys some nodes.
func of(nodes ...*corev1.Node) *survey.Survey {
	var s survey.Survey
	for _, n := range nodes {
		s.Add(n)
	}
	return &s
}

// compared compares what is exported, and runtimes and errors by their text.
var compared = cmp.Options{
	cmp.Comparer(func(a, b volumes.Runtime) bool { return a == b }),
	cmp.Comparer(func(a, b error) bool { return fmt.Sprint(a) == fmt.Sprint(b) }),
}

func TestZeroSurvey(t *testing.T) {
	s := of(nil)
	if s.Groups() != nil || s.Split(0) != nil || s.Split(everything) != nil || s.Targets(nil) != nil || s.NotWindows() != 0 {
		t.Errorf("knows of nodes: %+v", s.Groups())
	}
	s.Add(&corev1.Node{})
	if s.Groups() != nil || s.NotWindows() != 1 {
		t.Errorf("%d nodes without Windows, and %+v", s.NotWindows(), s.Groups())
	}
}

func TestGroups(t *testing.T) {
	s := of(
		node("d", "containerd://1.7.13", "10.0.20348.2849"),
		node("b", "containerd://1.7.13", "10.0.20348.2700"),
		node("e", "containerd://1.7.13", "10.0.20348.2900"),
		node("c", "containerd://1.7.13", "10.0.20348.2800"),
		node("f", "containerd://1.7.13", "10.0.17763.6414"),
		node("g", "containerd://1.7.9", "10.0.20348.2849"),
		node("h", "containerd://1.6.8", "10.0.20348.2849"),
		node("i", "docker://20.10.9", "10.0.20348.2849"),
		node("j", "", ""),
	)
	type row struct {
		runtime, oldest, newest string
		nodes                   int
		names                   []string
	}
	var got []row
	for _, g := range s.Groups() {
		got = append(got, row{g.Node.Runtime.String(), g.Oldest.String(), g.Newest.String(), g.Nodes, g.Names})
		if g.Others != 0 {
			t.Errorf("%+v has others", g)
		}
		if g.Names[0] == "b" && g.Node.Build.Revision != 2700 {
			t.Errorf("the node of %q is not the first, but %s", g.Names, g.Node.Build)
		}
	}
	want := []row{
		{"", "", "", 1, []string{"j"}},
		{"docker://20.10.9", "10.0.20348.2849", "10.0.20348.2849", 1, []string{"i"}},
		{"containerd://1.6.8", "10.0.20348.2849", "10.0.20348.2849", 1, []string{"h"}},
		{"containerd://1.7.9", "10.0.20348.2849", "10.0.20348.2849", 1, []string{"g"}},
		{"containerd://1.7.13", "10.0.17763.6414", "10.0.17763.6414", 1, []string{"f"}},
		{"containerd://1.7.13", "10.0.20348.2700", "10.0.20348.2900", 4, []string{"b", "c", "d"}},
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(row{})); diff != "" {
		t.Errorf("groups (-want +got):\n%s", diff)
	}
	s.Groups()[0].Names[0] = "changed"
	if s.Groups()[0].Names[0] != "j" {
		t.Error("a caller can change the survey")
	}
}

// pool is the label that most clusters have.
const pool = "kubernetes.azure.com/agentpool"

func TestSplit(t *testing.T) {
	in := func(key string, values ...string) corev1.NodeSelectorRequirement {
		return corev1.NodeSelectorRequirement{Key: key, Operator: corev1.NodeSelectorOpIn, Values: values}
	}
	windows := in(corev1.LabelOSStable, "windows")
	old, docker := node("a", "containerd://1.5.13", "10.0.20348.1"), node("b", "docker://20.10.9", "10.0.20348.1")
	type part struct {
		Nodes    int
		Selector []corev1.NodeSelectorRequirement
	}
	for _, c := range []struct {
		name  string
		need  survey.Capabilities
		nodes []*corev1.Node
		want  []part
	}{
		{"one part for all", 0, []*corev1.Node{
			node("a", "containerd://1.6.8", "10.0.20348.1"),
			node("b", "containerd://2.1.1", "10.0.20348.1"),
		}, []part{{2, []corev1.NodeSelectorRequirement{windows}}}},
		{"all have what is needed", survey.CapabilityEnvTokens, []*corev1.Node{
			node("a", "containerd://1.6.8", "10.0.20348.1"),
			node("b", "containerd://2.1.1", "10.0.20348.1"),
		}, []part{{2, []corev1.NodeSelectorRequirement{windows}}}},
		{"by the build", survey.CapabilityLocalGroups, []*corev1.Node{
			node("a", "containerd://1.6.8", "10.0.17763.6414", pool, "old"),
			node("b", "containerd://2.1.1", "10.0.20348.1", pool, "new"),
			node("c", "containerd://2.1.1", "10.0.26100.1", pool, "newer"),
		}, []part{
			{2, []corev1.NodeSelectorRequirement{windows, in(corev1.LabelWindowsBuild, "10.0.20348", "10.0.26100")}},
			{1, []corev1.NodeSelectorRequirement{windows, in(corev1.LabelWindowsBuild, "10.0.17763")}},
		}},
		{"by the pool, not by the zone", survey.CapabilityLocalGroups, []*corev1.Node{
			node("a", "containerd://1.6.8", "10.0.20348.1", pool, "old", "topology.kubernetes.io/zone", "1", "aaa", "1"),
			node("b", "containerd://2.1.1", "10.0.20348.1", pool, "new", "topology.kubernetes.io/zone", "2", "aaa", "2"),
		}, []part{
			{1, []corev1.NodeSelectorRequirement{windows, in(pool, "new")}},
			{1, []corev1.NodeSelectorRequirement{windows, in(pool, "old")}},
		}},
		{"by two labels", survey.CapabilityInClusterConfig, []*corev1.Node{
			node("a", "containerd://2.1.1", "10.0.20348.1", "size", "s"),
			node("b", "containerd://1.6.8", "10.0.20348.1", "size", "l"),
			node("c", "containerd://1.6.9", "10.0.17763.1", "size", "s"),
		}, []part{
			{1, []corev1.NodeSelectorRequirement{windows, in(corev1.LabelWindowsBuild, "10.0.20348"), in("size", "s")}},
			{2, nil}, // it would take an or
		}},
		{"no label but the host's name", survey.CapabilityInClusterConfig, []*corev1.Node{
			node("a", "containerd://2.1.1", "10.0.17763.6414"),
			node("b", "containerd://2.1.1", "10.0.17763.1000"),
		}, []part{{1, nil}, {1, nil}}},
		{"a label that not all have", survey.CapabilityLocalGroups, []*corev1.Node{
			node("a", "containerd://2.1.1", "10.0.20348.1", pool, "new"),
			node("b", "containerd://2.1.1", "10.0.20348.1"),
			node("c", "containerd://1.6.8", "10.0.20348.1", pool, "old"),
		}, []part{
			{2, nil},
			{1, []corev1.NodeSelectorRequirement{windows, in(pool, "old")}},
		}},
		{"what isn't known is a part of its own", survey.CapabilityInClusterConfig, []*corev1.Node{
			node("a", "containerd://2.1.1", "10.0.20348.1", pool, "a"),
			node("b", "containerd://2.1.1", "", pool, "b"),
			node("c", "docker://20.10.9", "10.0.20348.1", pool, "c"),
		}, []part{
			{1, []corev1.NodeSelectorRequirement{windows, in(pool, "a")}},
			{1, []corev1.NodeSelectorRequirement{windows, in(pool, "b")}},
			{1, []corev1.NodeSelectorRequirement{windows, in(pool, "c")}},
		}},
		{"what isn't known comes after what is", survey.CapabilityInClusterConfig, []*corev1.Node{
			node("a", "containerd://2.1.1", "", pool, "a"),
			node("b", "containerd://2.1.1", "10.0.17763.1000", pool, "b"),
		}, []part{
			{1, []corev1.NodeSelectorRequirement{windows, in(corev1.LabelWindowsBuild, "10.0.17763")}},
			{1, []corev1.NodeSelectorRequirement{windows, in(pool, "a")}},
		}},
		{"one kind, but none runs HostProcess pods", survey.CapabilityHostProcess, []*corev1.Node{old, docker}, nil},
		{"the same, if more is needed", survey.CapabilityLocalGroups, []*corev1.Node{old, docker}, nil},
		{"the same, as a whole", 0, []*corev1.Node{old, docker}, []part{{2, []corev1.NodeSelectorRequirement{windows}}}},
		{"none is known to run HostProcess pods", survey.CapabilityHostProcess, []*corev1.Node{node("a", "", "10.0.20348.1"), docker}, nil},
		{"one of them runs HostProcess pods", survey.CapabilityHostProcess, []*corev1.Node{node("a", "containerd://2.1.1", "10.0.17763.6414"), docker}, []part{
			{1, []corev1.NodeSelectorRequirement{windows, in(corev1.LabelWindowsBuild, "10.0.17763")}},
			{1, []corev1.NodeSelectorRequirement{windows, in(corev1.LabelWindowsBuild, "10.0.20348")}},
		}},
		{"none has what is needed, but one DaemonSet can serve them", survey.CapabilityLocalGroups, []*corev1.Node{
			node("a", "containerd://1.6.8", "10.0.20348.1"),
			node("b", "containerd://1.6.9", "10.0.20348.1"),
		}, []part{{2, []corev1.NodeSelectorRequirement{windows}}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []part
			for _, p := range of(c.nodes...).Split(c.need) {
				got = append(got, part{p.Nodes, p.Selector})
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("parts (-want +got):\n%s", diff)
			}
		})
	}
}

// TestSplitWithoutOSLabel: a missing label can't distinguish other nodes.
func TestSplitWithoutOSLabel(t *testing.T) {
	n := node("a", "containerd://2.1.1", "10.0.20348.1")
	delete(n.Labels, corev1.LabelOSStable)
	if parts := of(n).Split(0); len(parts) != 1 || parts[0].Selector != nil {
		t.Errorf("%+v", parts)
	}
	n.Labels[corev1.LabelOSStable] = "linux" // status.nodeInfo says Windows
	if parts := of(n).Split(0); len(parts) != 1 || parts[0].Selector != nil {
		t.Errorf("%+v", parts)
	}
}

func TestPart(t *testing.T) {
	parts := of(
		node("a", "containerd://1.6.6", "10.0.20348.1"),
		node("b", "containerd://1.7.2", "10.0.20348.1"),
		node("c", "containerd://1.7.2", "10.0.26100.1"),
		node("d", "containerd://2.1.1", ""),
		node("e", "docker://20.10.9", ""),
		node("f", "containerd://2.1.1", "10.0.20348.1"),
	).Split(survey.CapabilityHostProcess)
	if len(parts) != 2 {
		t.Fatalf("%d parts", len(parts))
	}
	able := parts[0]
	if able.Can != survey.CapabilityHostProcess || able.Unknown != survey.CapabilityInClusterConfig|survey.CapabilityReadOnlyMounts || len(able.Groups) != 5 {
		t.Errorf("can %s, unknown %s, %d groups", able.Can, able.Unknown, len(able.Groups))
	}
	var targets []string
	for _, target := range able.Targets {
		targets = append(targets, target.Runtime().String()+" "+target.Mode().String())
	}
	// Not 2.1.1 with bind, which does nothing that 1.7.2 doesn't do.
	want := []string{"containerd://1.6.6 symlink16", "containerd://1.7.2 bind", "containerd://2.1.1 symlinkHPC"}
	if diff := cmp.Diff(want, targets); diff != "" {
		t.Errorf("targets (-want +got):\n%s", diff)
	}
	if unable := parts[1]; unable.Targets != nil || unable.Can != 0 || unable.Nodes != 1 {
		t.Errorf("%+v", unable)
	}
}

// cluster makes a random cluster of pools whose nodes are alike, and some that
// are not.
func cluster(r *rand.Rand) []*corev1.Node {
	pick := func(of ...string) string { return of[r.IntN(len(of))] }
	var nodes []*corev1.Node
	for p := range 1 + r.IntN(6) {
		containerd := pick("containerd://1.6.6", "containerd://1.6.8", "containerd://1.7.0-beta.1", "containerd://1.7.2", "containerd://2.1.1", "docker://20.10.9", "")
		kernel := pick("10.0.17763.1000", "10.0.17763.6414", "10.0.17763", "10.0.20348.2849", "10.0.26100.1", "")
		for i := range 1 + r.IntN(4) {
			n := node(fmt.Sprintf("n%d-%d", p, i), containerd, kernel, pool, fmt.Sprint("p", p), "a", pick("1", "2"), "b", pick("x", "y", "z"))
			for _, key := range []string{pool, corev1.LabelWindowsBuild, "a", "b"} {
				if r.IntN(8) == 0 {
					delete(n.Labels, key)
				}
			}
			if r.IntN(10) == 0 {
				n.Labels[corev1.LabelOSStable] = "linux"
				n.Status.NodeInfo.OperatingSystem = "linux"
			}
			nodes = append(nodes, n)
		}
	}
	return nodes
}

// selects asks apimachinery whether a node has what expressions require.
func selects(t *testing.T, selector []corev1.NodeSelectorRequirement, n *corev1.Node) bool {
	for _, e := range selector {
		if e.Operator != corev1.NodeSelectorOpIn {
			t.Fatalf("operator %s", e.Operator)
		}
		requirement, err := labels.NewRequirement(e.Key, selection.In, e.Values)
		if err != nil {
			t.Fatal(err)
		}
		if !requirement.Matches(labels.Set(n.Labels)) {
			return false
		}
	}
	return true
}

// TestSelectorsSelectTheirPart splits random clusters in every way, and asks
// which nodes each selector selects. It must find one where one label alone
// would do.
func TestSelectorsSelectTheirPart(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	selectors := 0
	for range 300 {
		nodes := cluster(r)
		s := of(nodes...)
		able := slices.ContainsFunc(nodes, func(n *corev1.Node) bool {
			read, _ := survey.Read(n)
			return read.Can.Has(survey.CapabilityHostProcess)
		})
		for need := range everything + 1 {
			sum := 0
			parts := s.Split(need)
			if need != 0 && len(parts) == 1 && !parts[0].Can.Has(survey.CapabilityHostProcess) {
				t.Fatalf("need %s: one part, but no DaemonSet can serve it: %+v", need, parts[0])
			}
			if need != 0 && !able {
				if parts != nil {
					t.Fatalf("need %s: no node runs HostProcess pods, but there are %d parts", need, len(parts))
				}
				continue
			}
			for _, p := range parts {
				sum += p.Nodes
				inside := map[string]bool{}
				if need != 0 && len(p.Targets) > 0 && !p.Can.Has(survey.CapabilityHostProcess) {
					t.Fatalf("need %s: not all nodes run HostProcess pods in %+v", need, p)
				}
				need := need
				if need != 0 {
					need |= survey.CapabilityHostProcess
				}
				for _, n := range nodes {
					if read, ok := survey.Read(n); ok {
						inside[n.Name] = read.Can&need == p.Groups[0].Node.Can&need && read.Unknown&need == p.Groups[0].Node.Unknown&need
					}
				}
				if p.Selector == nil {
					if key := separates(nodes, inside); key != "" {
						t.Fatalf("no selector found, but %s would do", key)
					}
					continue
				}
				selectors++
				for _, n := range nodes {
					if selects(t, p.Selector, n) != inside[n.Name] {
						t.Fatalf("need %s: %v selects %s with %v: %t", need, p.Selector, n.Name, n.Labels, !inside[n.Name])
					}
				}
			}
			windows := 0
			for _, n := range nodes {
				if _, ok := survey.Read(n); ok {
					windows++
				}
			}
			if sum != windows || sum+s.NotWindows() != len(nodes) {
				t.Fatalf("%d of %d nodes are in parts", sum, windows)
			}
		}
	}
	if selectors < 1000 {
		t.Errorf("only %d selectors were tried", selectors)
	}
}

// separates returns a label that distinguishes the nodes inside from all other Windows
// nodes.
func separates(nodes []*corev1.Node, inside map[string]bool) string {
	for _, key := range []string{pool, corev1.LabelWindowsBuild, "a", "b"} {
		in, out, all := map[string]bool{}, map[string]bool{}, true
		for _, n := range nodes {
			value, has := n.Labels[key]
			windows := n.Labels[corev1.LabelOSStable] == "windows"
			switch {
			case inside[n.Name]:
				in[value], all = true, all && has
			case has && windows:
				out[value] = true
			}
		}
		disjoint := true
		for value := range in {
			disjoint = disjoint && !out[value]
		}
		if all && disjoint {
			return key
		}
	}
	return ""
}

// TestOrderDoesNotMatter adds the same nodes in other orders.
func TestOrderDoesNotMatter(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 50 {
		nodes := cluster(r)
		want := of(nodes...)
		r.Shuffle(len(nodes), reflect.Swapper(nodes))
		got := of(nodes...)
		if diff := cmp.Diff(want.Groups(), got.Groups(), compared); diff != "" {
			t.Fatalf("groups (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff(want.Split(survey.CapabilityLocalGroups), got.Split(survey.CapabilityLocalGroups), compared); diff != "" {
			t.Fatalf("parts (-want +got):\n%s", diff)
		}
	}
}

func TestTargets(t *testing.T) {
	s := of(
		node("a", "containerd://1.6.8", "10.0.17763.6414", pool, "old"),
		node("b", "containerd://1.7.2", "10.0.20348.1", pool, "new", "only", "some"),
		node("c", "containerd://1.7.2", "10.0.20348.2", pool, "new"),
		node("d", "docker://20.10.9", "10.0.20348.1", pool, "docker"),
	)
	both := []string{"containerd 1.6.8", "containerd 1.7.2"}
	affinity := func(terms ...corev1.NodeSelectorTerm) *corev1.PodSpec {
		return &corev1.PodSpec{Affinity: &corev1.Affinity{NodeAffinity: &corev1.NodeAffinity{
			RequiredDuringSchedulingIgnoredDuringExecution: &corev1.NodeSelector{NodeSelectorTerms: terms},
		}}}
	}
	term := func(key string, operator corev1.NodeSelectorOperator, values ...string) corev1.NodeSelectorTerm {
		return corev1.NodeSelectorTerm{MatchExpressions: []corev1.NodeSelectorRequirement{{Key: key, Operator: operator, Values: values}}}
	}
	nodeSelector := func(key, value string) *corev1.PodSpec {
		return &corev1.PodSpec{NodeSelector: map[string]string{key: value}}
	}
	byName := corev1.NodeSelectorTerm{MatchFields: []corev1.NodeSelectorRequirement{{Key: "metadata.name", Operator: corev1.NodeSelectorOpIn, Values: []string{"a"}}}}
	for _, c := range []struct {
		name string
		spec *corev1.PodSpec
		want []string
	}{
		{"no spec", nil, both},
		{"empty spec", &corev1.PodSpec{}, both},
		{"no required affinity", &corev1.PodSpec{Affinity: &corev1.Affinity{NodeAffinity: &corev1.NodeAffinity{}}}, both},
		{"any Windows", nodeSelector(corev1.LabelOSStable, "windows"), both},
		{"one build", nodeSelector(corev1.LabelWindowsBuild, "10.0.17763"), both[:1]},
		{"a label some have", nodeSelector("only", "some"), both[1:]},
		{"a label none has", nodeSelector("no", "such"), nil},
		{"a value none has", nodeSelector(pool, "lost"), nil},
		{"no node that can", nodeSelector(pool, "docker"), nil},
		{"in", affinity(term(pool, corev1.NodeSelectorOpIn, "old", "lost")), both[:1]},
		{"not in", affinity(term(pool, corev1.NodeSelectorOpNotIn, "old")), both[1:]},
		{"not in what some lack", affinity(term("only", corev1.NodeSelectorOpNotIn, "some")), both},
		{"exists", affinity(term("only", corev1.NodeSelectorOpExists)), both[1:]},
		{"does not exist", affinity(term("only", corev1.NodeSelectorOpDoesNotExist)), both},
		{"does not exist, but all have it", affinity(term(pool, corev1.NodeSelectorOpDoesNotExist)), nil},
		{"greater", affinity(term(pool, corev1.NodeSelectorOpGt, "1")), both},
		{"one term or the other", affinity(term(pool, corev1.NodeSelectorOpIn, "old"), term("only", corev1.NodeSelectorOpExists)), both},
		{"a term without expressions", affinity(corev1.NodeSelectorTerm{}), nil},
		{"no term", affinity(), nil},
		{"by a field", affinity(byName), both},
		{"by a field and a label", affinity(corev1.NodeSelectorTerm{MatchFields: byName.MatchFields, MatchExpressions: term(pool, corev1.NodeSelectorOpIn, "old").MatchExpressions}), both[:1]},
	} {
		var got []string
		for _, target := range s.Targets(c.spec) {
			got = append(got, target.String())
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

// TestTargetsOfSelectorsAreTheParts: what Split advises, Targets understands.
func TestTargetsOfSelectorsAreTheParts(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 200 {
		s := of(cluster(r)...)
		for _, p := range s.Split(survey.CapabilityLocalGroups | survey.CapabilityInClusterConfig) {
			if p.Selector == nil {
				continue
			}
			spec := &corev1.PodSpec{Affinity: &corev1.Affinity{NodeAffinity: &corev1.NodeAffinity{
				RequiredDuringSchedulingIgnoredDuringExecution: &corev1.NodeSelector{
					NodeSelectorTerms: []corev1.NodeSelectorTerm{{MatchExpressions: p.Selector}},
				},
			}}}
			if diff := cmp.Diff(p.Targets, validate.Strictest(s.Targets(spec))); diff != "" {
				t.Fatalf("targets of %v (-part +selected):\n%s", p.Selector, diff)
			}
		}
	}
}

// hostile makes the i-th node of a cluster in which no two are alike.
func hostile(i int) *corev1.Node {
	n := node(fmt.Sprint("node-", i), fmt.Sprintf("containerd://%d.%d.%d", 1+i%3, i%9, i), fmt.Sprintf("10.0.%d.%d", 17763+i%5000, i))
	n.Labels[fmt.Sprint("key-", i)] = "value"
	n.Labels["wide"] = fmt.Sprint(i)
	return n
}

// TestMemoryIsBounded adds nodes that are all different.
func TestMemoryIsBounded(t *testing.T) {
	var s survey.Survey
	var memory runtime.MemStats
	heap := func() uint64 {
		runtime.GC()
		runtime.ReadMemStats(&memory)
		return memory.HeapAlloc
	}
	for i := range 5_000 {
		s.Add(hostile(i))
	}
	before := heap()
	for i := 5_000; i < 20_000; i++ {
		s.Add(hostile(i))
	}
	if after := heap(); after > before+256<<10 {
		t.Errorf("15000 nodes more took %d bytes", after-before)
	}
	sum, others := 0, 0
	for _, g := range s.Groups() {
		sum += g.Nodes
		others += g.Others
	}
	if sum != 20_000 || others == 0 || len(s.Groups()) > 256 {
		t.Errorf("%d nodes in %d groups, %d of other kinds", sum, len(s.Groups()), others)
	}
	sum = 0
	for _, p := range s.Split(everything) {
		sum += p.Nodes
	}
	if sum != 20_000 {
		t.Errorf("%d nodes in parts", sum)
	}
	if targets := s.Targets(&corev1.PodSpec{NodeSelector: map[string]string{"key-19999": "value"}}); targets == nil {
		t.Error("a label that was crowded out rules nodes out")
	}
}

// TestGroupsSuffice adds nodes with all that versions differ in after too many
// others: each must find a group that can do the same.
func TestGroupsSuffice(t *testing.T) {
	var s survey.Survey
	for i := range 1000 {
		s.Add(node("docker", fmt.Sprint("docker://", i), "10.0.20348.1"))
	}
	kinds := map[string]bool{}
	add := func(containerd string) {
		for _, kernel := range []string{"10.0.20348.1", "10.0.17763.1", "10.0.17763.9000", "10.0.17763", ""} {
			n := node("n", containerd, kernel)
			s.Add(n)
			read, _ := survey.Read(n)
			kinds[fmt.Sprint(read.Mode, read.Can, read.Unknown)] = true
		}
	}
	for major := range 4 {
		for minor := range 10 {
			for patch := range 40 {
				version := fmt.Sprintf("containerd://%d.%d.%d", major, minor, patch)
				add(version)
				for _, pre := range []string{"-alpha.0", "-beta.0", "-beta.3", "-rc.0", "-rc.1"} {
					add(version + pre)
				}
			}
		}
	}
	add("")
	found := map[string]bool{}
	for _, g := range s.Groups() {
		found[fmt.Sprint(g.Node.Mode, g.Node.Can, g.Node.Unknown)] = true
	}
	if diff := cmp.Diff(kinds, found); diff != "" || len(kinds) >= 32 {
		t.Errorf("%d kinds, some without a group (-nodes +groups):\n%s", len(kinds), diff)
	}
}

// TestAddAllocatesNothing: a node that equals an earlier one needs no memory.
func TestAddAllocatesNothing(t *testing.T) {
	var s survey.Survey
	n := node("a", "containerd://2.1.1", "10.0.20348.2849", pool, "new")
	s.Add(n)
	s.Add(n)
	s.Add(n)
	n.Name = "b"
	if allocs := testing.AllocsPerRun(100, func() { s.Add(n) }); allocs > 0 {
		t.Errorf("%v allocations", allocs)
	}
}

// FuzzAdd surveys two nodes, one of them made up.
func FuzzAdd(f *testing.F) {
	f.Add("containerd://1.7.13", "10.0.20348.2849", "10.0.20348", "Windows Server 2022 Datacenter", "pool", "a") // as usual
	f.Add("containerd://1.6.8", "", "10.0.17763", "", "kubernetes.io/os", "windows")                             // nothing but a label
	f.Add("containerd://1.7.20", "10.0.17763.0", "", "", "", "")                                                 // no revision
	f.Add("docker://", "4.18.0", "x", "Ubuntu", "kubernetes.io/hostname", "b")                                   // nothing that can be read
	f.Add("", "", "", "", "node.kubernetes.io/windows-build", "10.0.20348")                                      // not reported yet
	f.Fuzz(func(t *testing.T, containerd, kernel, label, image, key, value string) {
		n := node("made-up", containerd, kernel, corev1.LabelWindowsBuild, label, key, value)
		n.Status.NodeInfo.OSImage = image
		s := of(n, node("usual", "containerd://2.1.1", "10.0.20348.2849", pool, "a"))
		read, ok := survey.Read(n)
		if !ok || read.Can&read.Unknown != 0 || (read.Err == nil) != (read.Unknown == 0) || (read.Can.Has(survey.CapabilityHostProcess)) != (read.Targets() != nil) {
			t.Errorf("%+v contradicts itself", read)
		}
		for need := range everything + 1 {
			sum := 0
			for _, p := range s.Split(need) {
				sum += p.Nodes
				if len(p.Groups) == 0 || p.Can&p.Unknown != 0 {
					t.Errorf("%+v contradicts itself", p)
				}
			}
			if sum != 2 {
				t.Errorf("%d nodes in parts", sum)
			}
		}
		if same := s.TargetsAfter(survey.Node{}, nil); !slices.Equal(same, s.Targets(nil)) {
			t.Errorf("without an upgrade %v become %v", s.Targets(nil), same)
		}
		if both := s.TargetsAfter(upgrade("containerd://2.3.4", "26100", 37), nil); len(both) != 1 {
			t.Errorf("after an upgrade of everything, nodes are %v", both)
		}
		if found := s.Unsupported(time.Unix(1<<40, 0)); len(found) > 4 {
			t.Errorf("two nodes run %v", found)
		}
	})
}

func BenchmarkAdd(b *testing.B) {
	nodes := make([]*corev1.Node, 1000)
	for i := range nodes {
		nodes[i] = node(fmt.Sprint("n", i), []string{"containerd://1.6.8", "containerd://1.7.13+azure", "containerd://2.1.1"}[i%3], fmt.Sprint("10.0.20348.", 2000+i%7), pool, fmt.Sprint("p", i%3))
		for j := range 15 {
			nodes[i].Labels[fmt.Sprint("example.com/label-", j)] = fmt.Sprint(i % 5)
		}
	}
	var s survey.Survey
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		s.Add(nodes[i%len(nodes)])
	}
}
