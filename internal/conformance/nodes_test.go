// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package conformance

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apiserver/pkg/util/feature"
	scheduling "k8s.io/component-helpers/scheduling/corev1"
	"k8s.io/component-helpers/scheduling/corev1/nodeaffinity"
	"k8s.io/klog/v2"
	"k8s.io/kubernetes/pkg/features"

	"github.com/hostprocess-go/sdk/validate"
)

// TestNodes compares the rules about nodes with the scheduler's functions, for generated
// pods and nodes.
func TestNodes(t *testing.T) {
	count := map[validate.RuleID]int{}
	placed := 0
	for number := range *podsFlag {
		g := newGenerator(*seedFlag, number, newest)
		var (
			pod  corev1.Pod
			node corev1.Node
		)
		if err := convert(g.placement(), &pod.Spec); err != nil {
			t.Fatal(err)
		}
		if err := convert(g.node(), &node); err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, f := range (validate.Validator{}).Node(&node, &pod.Spec) {
			switch f.Rule {
			case "node-selection":
				got = append(got, "selection")
			case "node-taint", "node-state":
				got = append(got, f.Field)
			default:
				continue
			}
			count[f.Rule]++
		}
		slices.Sort(got)
		got = slices.Compact(got)
		want := wantOfNode(&node, &pod)
		if len(want) == 0 {
			placed++
		}
		if !slices.Equal(got, want) {
			text, _ := json.Marshal([]any{pod.Spec, node})
			t.Fatalf("seed %d, object %d: the pod is kept away by %q, the rules say %q:\n%s", *seedFlag, number, want, got, text)
		}
	}
	t.Logf("seed %d: %d of %d pods are placed; findings: %v", *seedFlag, placed, *podsFlag, count)
	if placed == 0 || len(count) < 3 {
		t.Error("the generated pods and nodes don't show every case")
	}
}

// wantOfNode returns the fields of the node that keep a pod away, by the scheduler's own
// code.
func wantOfNode(node *corev1.Node, pod *corev1.Pod) []string {
	var want []string
	// An affinity that can't be read matches nothing.
	if matches, err := nodeaffinity.GetRequiredNodeAffinity(pod).Match(node); err != nil || !matches {
		want = append(want, "selection")
	}
	tolerated := func(taint *corev1.Taint) bool {
		return scheduling.TolerationsTolerateTaint(klog.Background(), pod.Spec.Tolerations, taint,
			feature.DefaultFeatureGate.Enabled(features.TaintTolerationComparisonOperators))
	}
	cordoned := node.Spec.Unschedulable && !tolerated(&corev1.Taint{Key: corev1.TaintNodeUnschedulable, Effect: corev1.TaintEffectNoSchedule})
	if cordoned {
		want = append(want, "spec.unschedulable")
	}
	for i, taint := range node.Spec.Taints {
		// A cordoned node has the taint, too; it is reported once.
		if taint.Effect == corev1.TaintEffectPreferNoSchedule || tolerated(&taint) || cordoned && taint.Key == corev1.TaintNodeUnschedulable {
			continue
		}
		want = append(want, fmt.Sprintf("spec.taints[%d]", i))
	}
	slices.Sort(want)
	return want
}

var (
	labelKeys   = []string{"kubernetes.io/os", "zone", "build"}
	labelValues = []string{"windows", "Windows", "linux", "a", "b", "20348", "17763", "-1", "", "x y"}
	taintKeys   = []string{"os", "example.com/agents", "node.kubernetes.io/not-ready", "node.kubernetes.io/unschedulable"}
	effects     = []string{"NoSchedule", "NoSchedule", "NoExecute", "PreferNoSchedule"}
)

// placement returns a HostProcess pod with fields that restrict its nodes.
func (g *generator) placement() object {
	spec := object{"securityContext": object{"windowsOptions": object{"hostProcess": true}}}
	if g.seldom() {
		spec["nodeSelector"] = object{pick(g, labelKeys): pick(g, labelValues)}
	}
	if g.often() {
		required := object{}
		for range g.IntN(3) {
			required["nodeSelectorTerms"] = append(items(required, "nodeSelectorTerms"), g.term())
		}
		spec["affinity"] = object{"nodeAffinity": object{"requiredDuringSchedulingIgnoredDuringExecution": required}}
	}
	for range g.IntN(3) {
		spec["tolerations"] = append(items(spec, "tolerations"), object{
			"key":      pick(g, append([]string{""}, taintKeys...)),
			"operator": pick(g, []string{"", "Equal", "Exists", "Lt", "Gt", "exists"}),
			"value":    pick(g, []string{"", "windows", "5"}),
			"effect":   pick(g, append([]string{""}, effects...)),
		})
	}
	return spec
}

// term returns a term of a node affinity, often one that matches no node.
func (g *generator) term() object {
	term := object{}
	for range g.IntN(3) {
		var values list
		for range pick(g, []int{0, 1, 1, 1, 2}) {
			values = append(values, pick(g, labelValues))
		}
		term["matchExpressions"] = append(items(term, "matchExpressions"), object{
			"key":      pick(g, append([]string{"-bad-"}, labelKeys...)),
			"operator": pick(g, []string{"In", "In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt", "", "in"}),
			"values":   values,
		})
	}
	if g.seldom() {
		term["matchFields"] = list{object{
			"key":      pick(g, []string{"metadata.name", "metadata.name", "metadata.namespace"}),
			"operator": pick(g, []string{"In", "NotIn", "Exists"}),
			"values":   pick(g, []list{{"node"}, {"other"}, {"node", "other"}, {}}),
		}}
	}
	return term
}

// node is a node with labels and taints.
func (g *generator) node() object {
	labels := object{}
	for _, key := range labelKeys {
		if g.often() {
			labels[key] = pick(g, labelValues)
		}
	}
	spec := object{}
	for range g.IntN(3) {
		spec["taints"] = append(items(spec, "taints"), object{"key": pick(g, taintKeys), "value": pick(g, []string{"", "windows", "7"}), "effect": pick(g, effects)})
	}
	if g.seldom() {
		spec["unschedulable"] = true
	}
	return object{"metadata": object{"name": "node", "labels": labels}, "spec": spec}
}
