// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package survey_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"

	"github.com/hostprocess-go/sdk/validate"
	"github.com/hostprocess-go/sdk/validate/survey"
	"github.com/hostprocess-go/sdk/volumes"
)

// upgrade is a Node as TargetsAfter takes it.
func upgrade(runtime, build string, kubelet int) survey.Node {
	n := survey.Node{KubeletMinor: kubelet}
	var err error
	if runtime != "" {
		if n.Runtime, err = volumes.ParseRuntime(runtime); err != nil {
			panic(err)
		}
	}
	if build != "" {
		if n.Build, err = volumes.ParseWindowsBuild(build); err != nil {
			panic(err)
		}
	}
	return n
}

// texts are targets as ParseTarget reads them.
func texts(targets []validate.Target) (all []string) {
	for _, t := range targets {
		text, err := t.MarshalText()
		if err != nil {
			panic(err)
		}
		all = append(all, string(text))
	}
	return all
}

func TestTargetsAfter(t *testing.T) {
	old := node("a", "containerd://1.6.8", "10.0.17763.1000") // has no bind filter, and 1.6 doesn't ask for it
	patched := node("b", "containerd://1.6.8", "10.0.17763.6414")
	docker := node("c", "docker://20.10.9", "10.0.20348.1")
	young := withKubelet(node("d", "containerd://2.1.1", "10.0.20348.1"), "v1.33.1")
	silent := node("e", "", "")
	select2019 := &corev1.PodSpec{NodeSelector: map[string]string{corev1.LabelWindowsBuild: "10.0.17763"}}
	select2025 := &corev1.PodSpec{NodeSelector: map[string]string{corev1.LabelWindowsBuild: "10.0.26100"}}
	not := func(operator corev1.NodeSelectorOperator, values ...string) *corev1.PodSpec {
		return &corev1.PodSpec{Affinity: &corev1.Affinity{NodeAffinity: &corev1.NodeAffinity{RequiredDuringSchedulingIgnoredDuringExecution: &corev1.NodeSelector{
			NodeSelectorTerms: []corev1.NodeSelectorTerm{{MatchExpressions: []corev1.NodeSelectorRequirement{{Key: corev1.LabelWindowsBuild, Operator: operator, Values: values}}}},
		}}}}
	}
	for _, tt := range []struct {
		name  string
		nodes []*corev1.Node
		to    survey.Node
		spec  *corev1.PodSpec
		want  []string
	}{
		{"no nodes", nil, upgrade("containerd://2.3.4", "", 0), nil, nil},
		{"no upgrade", []*corev1.Node{patched, young}, survey.Node{}, nil, []string{"1.6.8", "2.1.1/kubelet-1.33"}},
		{"what else a Node has doesn't count", []*corev1.Node{patched}, survey.Node{Mode: volumes.ModeSymlinkHPC, Can: everything}, nil, []string{"1.6.8"}},
		{"containerd, where all have the bind filter", []*corev1.Node{patched, young}, upgrade("containerd://2.3.4", "", 0), nil, []string{"2.3.4", "2.3.4/kubelet-1.33"}},
		{"containerd, where none has", []*corev1.Node{old}, upgrade("containerd://2.3.4", "", 0), nil, []string{"2.3.4@symlinkHPC"}},
		{"containerd, where some have", []*corev1.Node{old, patched}, upgrade("containerd://2.3.4", "", 0), nil, []string{"2.3.4@symlinkHPC", "2.3.4"}},
		{"containerd, where it isn't known", []*corev1.Node{node("a", "containerd://1.6.8", "10.0.17763")}, upgrade("containerd://2.3.4", "", 0), nil, []string{"2.3.4", "2.3.4@symlinkHPC"}},
		{"containerd instead of docker", []*corev1.Node{docker}, upgrade("containerd://2.3.4", "", 0), nil, []string{"2.3.4"}},
		{"docker instead of containerd", []*corev1.Node{young}, upgrade("docker://20.10.9", "", 0), nil, nil},
		{"back to 1.6", []*corev1.Node{young}, upgrade("containerd://1.6.39", "", 0), nil, []string{"1.6.39/kubelet-1.33"}},
		{"Windows under 1.6", []*corev1.Node{old}, upgrade("", "10.0.26100.1", 0), nil, []string{"1.6.8"}},
		{"Windows and containerd", []*corev1.Node{old}, upgrade("containerd://2.3.4", "10.0.26100", 0), nil, []string{"2.3.4"}},
		{"Windows under 2.1", []*corev1.Node{node("a", "containerd://2.1.1", "10.0.17763.1000")}, upgrade("", "26100", 0), nil, []string{"2.1.1"}},
		{"kubelet", []*corev1.Node{old, young}, upgrade("", "", 36), nil, []string{"1.6.8/kubelet-1.36", "2.1.1/kubelet-1.36"}},
		{"a node that reports nothing", []*corev1.Node{silent}, upgrade("", "26100", 36), nil, nil},
		{"a node that reported nothing", []*corev1.Node{silent}, upgrade("containerd://2.3.4", "26100", 36), nil, []string{"2.3.4/kubelet-1.36"}},
		{"a pod for the old build", []*corev1.Node{old, patched}, upgrade("", "26100", 0), select2019, nil},
		{"a pod for the new build", []*corev1.Node{old, patched}, upgrade("", "26100.1", 0), select2025, []string{"1.6.8"}},
		{"a pod for the new build, before it", []*corev1.Node{old, patched}, upgrade("containerd://2.3.4", "", 0), select2025, nil},
		{"a pod for all other builds", []*corev1.Node{old}, upgrade("", "26100", 0), not(corev1.NodeSelectorOpNotIn, "10.0.17763"), []string{"1.6.8"}},
		{"a pod for all builds but the new one", []*corev1.Node{old}, upgrade("", "26100", 0), not(corev1.NodeSelectorOpNotIn, "10.0.26100"), nil},
		{"a pod for nodes without a build", []*corev1.Node{old}, upgrade("", "26100", 0), not(corev1.NodeSelectorOpDoesNotExist), nil},
		{"a pod for nodes with a build", []*corev1.Node{silent}, upgrade("containerd://2.3.4", "26100", 0), not(corev1.NodeSelectorOpExists), []string{"2.3.4"}},
	} {
		if diff := cmp.Diff(tt.want, texts(of(tt.nodes...).TargetsAfter(tt.to, tt.spec))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

// Nodes of one group can have kubelets of several minors, as in the middle of an upgrade.
func TestTargetsOfEachKubelet(t *testing.T) {
	var nodes []*corev1.Node
	for i, version := range []string{"v1.36.1", "v1.35.2", "v1.37.0", "", "v1.36.0"} {
		nodes = append(nodes, withKubelet(node(fmt.Sprint("n", i), "containerd://2.3.4", "10.0.20348.1"), version))
	}
	want := []string{"2.3.4/kubelet-1.35", "2.3.4/kubelet-1.37", "2.3.4"}
	s := of(nodes...)
	if diff := cmp.Diff(want, texts(s.Targets(nil))); diff != "" {
		t.Errorf("Targets (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"2.3.4/kubelet-1.35", "2.3.4"}, texts(s.Split(0)[0].Targets)); diff != "" {
		t.Errorf("the strictest (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"2.3.4/kubelet-1.38"}, texts(s.TargetsAfter(survey.Node{KubeletMinor: 38}, nil))); diff != "" {
		t.Errorf("TargetsAfter (-want +got):\n%s", diff)
	}
}

// TestTargetsAfterIsASurveyAfter upgrades each node of random clusters itself, and reads
// it then.
func TestTargetsAfterIsASurveyAfter(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	pick := func(of ...string) string { return of[r.IntN(len(of))] }
	for range 2000 {
		nodes := cluster(r)
		for _, n := range nodes {
			withKubelet(n, pick("v1.28.1", "v1.36.2", ""))
		}
		runtime, build, kubelet := pick("", "containerd://1.6.39", "containerd://2.3.4", "docker://20"), pick("", "10.0.17763.1000", "10.0.17763", "10.0.26100.5"), pick("", "v1.37.0")
		to := upgrade(runtime, build, 0)
		if kubelet != "" {
			to.KubeletMinor = 37
		}
		before, after := of(nodes...), &survey.Survey{}
		spec := &corev1.PodSpec{NodeSelector: map[string]string{pick(pool, "a", corev1.LabelWindowsBuild): pick("p1", "1", "10.0.17763", "10.0.26100")}}
		var selected []validate.Target
		for _, n := range nodes {
			n = n.DeepCopy()
			if runtime != "" {
				n.Status.NodeInfo.ContainerRuntimeVersion = runtime
			}
			if kubelet != "" {
				n.Status.NodeInfo.KubeletVersion = kubelet
			}
			if build != "" {
				n.Status.NodeInfo.KernelVersion = build
				n.Labels[corev1.LabelWindowsBuild] = volumes.WindowsBuild{Build: to.Build.Build}.String()
			}
			after.Add(n)
			if read, ok := survey.Read(n); ok && hasLabels(n, spec.NodeSelector) {
				selected = append(selected, read.Targets()...)
			}
		}
		// Which kubelets are on which nodes of a group isn't kept, so some more may be
		// named, but no runtime, mode or kubelet that no node has.
		exact, all := after.Targets(nil), before.TargetsAfter(to, nil)
		has := func(targets []validate.Target, like func(validate.Target) bool) bool {
			return slices.ContainsFunc(targets, like)
		}
		for _, target := range exact {
			if !slices.Contains(all, target) {
				t.Fatalf("to %s, %s, %s: %v is missing in %v", runtime, build, kubelet, target, all)
			}
		}
		for _, target := range all {
			if !has(exact, func(e validate.Target) bool { return e.WithKubelet(0) == target.WithKubelet(0) }) || !has(exact, func(e validate.Target) bool { return e.KubeletMinor() == target.KubeletMinor() }) {
				t.Fatalf("to %s, %s, %s: no node is like %v: %v", runtime, build, kubelet, target, exact)
			}
		}
		some := before.TargetsAfter(to, spec)
		for _, target := range selected {
			if !slices.Contains(some, target) {
				t.Fatalf("to %s, %s, %s: %v is selected by %v, but isn't in %v", runtime, build, kubelet, target, spec.NodeSelector, some)
			}
		}
	}
}

func hasLabels(n *corev1.Node, wanted map[string]string) bool {
	for key, value := range wanted {
		if got, ok := n.Labels[key]; !ok || got != value {
			return false
		}
	}
	return true
}
