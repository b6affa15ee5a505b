// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/utils/ptr"

	"github.com/hostprocess-go/sdk/validate"
)

// nodesOf returns a Validator for targets in their text form.
func nodesOf(targets ...string) validate.Validator {
	var v validate.Validator
	for _, text := range targets {
		v.Targets = append(v.Targets, mustTarget(text))
	}
	return v
}

// upgraded is a container in which containerd 1.6 and 2.3 find one thing each, and both
// a third.
func upgraded(name string) corev1.Container {
	return corev1.Container{
		Name: name, Image: "registry.example.com/agent:1.4", WorkingDir: "%CONTAINER_SANDBOX_MOUNT_POINT%",
		Command:      []string{"powershell.exe", "-Command", "$x = 1\nWrite-Output $x"},
		Env:          []corev1.EnvVar{{Name: "CONFIG", Value: "/etc/agent/agent.yaml"}, {Name: "EMPTY"}},
		VolumeMounts: []corev1.VolumeMount{{Name: "config", MountPath: "/etc/agent"}},
	}
}

// upgradedPod has such a container in each of its lists.
func upgradedPod() *corev1.Pod {
	p := representative()
	init, sidecar := upgraded("init"), upgraded("sidecar")
	sidecar.RestartPolicy = ptr.To(corev1.ContainerRestartPolicyAlways)
	p.Spec.InitContainers = []corev1.Container{init, sidecar}
	p.Spec.Containers = []corev1.Container{upgraded("agent")}
	p.Spec.EphemeralContainers = []corev1.EphemeralContainer{{EphemeralContainerCommon: corev1.EphemeralContainerCommon(upgraded("debug"))}}
	p.Spec.Volumes = []corev1.Volume{{Name: "config", VolumeSource: corev1.VolumeSource{ConfigMap: &corev1.ConfigMapVolumeSource{}}}}
	return p
}

// places are the rules and fields of findings.
func places(findings validate.Findings) (all []string) {
	for _, f := range findings {
		all = append(all, fmt.Sprint(f.Container, " ", f.Rule, " ", f.Element()))
	}
	return all
}

func TestDiffInEveryContainer(t *testing.T) {
	p := upgradedPod()
	c := validate.Diff(nodesOf("1.6.36").Pod(p), nodesOf("2.3.4").Pod(p))
	var cured, added, unchanged []string
	for _, name := range []string{"init", "sidecar", "agent", "debug"} {
		cured = append(cured, name+" env-mount-path env[0].value")
		added = append(added, name+" command-newline command[2]")
		unchanged = append(unchanged, name+" env-empty env[1].value")
	}
	for what, lists := range map[string][2][]string{
		"New": {added, places(c.New)}, "Cured": {cured, places(c.Cured)}, "Unchanged": {unchanged, places(c.Unchanged)},
	} {
		if diff := cmp.Diff(lists[0], lists[1]); diff != "" {
			t.Errorf("%s (-want +got):\n%s", what, diff)
		}
	}
}

// A Kubernetes minor is an upgrade, too: of the API server, or of kubelets.
func TestDiffOfMinors(t *testing.T) {
	p := upgradedPod()
	for i := range 2 {
		p.Spec.Containers[0].VolumeMounts = append(p.Spec.Containers[0].VolumeMounts,
			corev1.VolumeMount{Name: "config", MountPath: fmt.Sprint("/files/", i), SubPath: fmt.Sprint("file-", i)})
	}
	for name, v := range map[string][2]validate.Validator{
		"API server": {{KubernetesMinor: 36}, {KubernetesMinor: 37}},
		"kubelet":    {nodesOf("kubelet-1.36"), nodesOf("kubelet-1.37")},
	} {
		c := validate.Diff(v[0].Pod(p), v[1].Pod(p))
		if c.New != nil || len(c.Cured) != 1 || c.Cured[0].Rule != "sub-path-several" {
			t.Errorf("%s: new %v, cured %v", name, c.New, c.Cured)
		}
	}
}

// What is said of a finding differs between nodes; the finding is the same.
func TestDiffIgnoresMessagesAndTargets(t *testing.T) {
	relative := upgradedPod()
	relative.Spec.Containers[0] = corev1.Container{Name: "agent", Image: "registry.example.com/agent:1.4", Command: []string{`.\agent.exe`}}
	newline := upgradedPod()
	for _, tt := range []struct {
		name          string
		pod           *corev1.Pod
		rule          validate.RuleID
		before, after validate.Validator
	}{
		{"another message", relative, "command-relative-path", nodesOf("2.3.4@symlinkHPC"), nodesOf("2.3.4")},
		{"on some nodes before", newline, "command-newline", nodesOf("1.6.36", "2.0.5"), nodesOf("2.3.4")},
		{"on some nodes after", newline, "command-newline", nodesOf("2.0.5"), nodesOf("2.3.4", "2.3.4@symlinkHPC")},
		{"on other nodes", newline, "command-newline", nodesOf("1.6.36", "2.0.5"), nodesOf("1.7.20@symlinkHPC", "2.3.4")},
	} {
		of := func(fs validate.Findings) (some validate.Findings) {
			for _, f := range fs {
				if f.Rule == tt.rule {
					some = append(some, f)
				}
			}
			return some
		}
		before, after := of(tt.before.Pod(tt.pod)), of(tt.after.Pod(tt.pod))
		if cmp.Equal(before, after) {
			t.Errorf("%s: both find %v: they should differ", tt.name, after)
		}
		if diff := cmp.Diff(validate.Changes{Unchanged: after}, validate.Diff(before, after)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

func TestDiffOfFindingsThatAreAlike(t *testing.T) {
	messages := func(texts ...string) (fs validate.Findings) {
		for _, text := range texts {
			fs = append(fs, validate.Finding{Rule: "a", Field: "spec", Message: text})
		}
		return fs
	}
	elsewhere := validate.Finding{Rule: "a", Field: "spec.containers[1]", Container: "agent"}
	here := validate.Finding{Rule: "a", Field: "spec.containers[0]", Container: "agent"}
	for _, tt := range []struct {
		name          string
		before, after validate.Findings
		want          validate.Changes
	}{
		{name: "nothing"},
		{name: "empty", before: validate.Findings{}, after: validate.Findings{}},
		{name: "new", after: messages("x"), want: validate.Changes{New: messages("x")}},
		{name: "cured", before: messages("x"), want: validate.Changes{Cured: messages("x")}},
		{"another message", messages("x"), messages("y"), validate.Changes{Unchanged: messages("y")}},
		{"the one that says the same stays", messages("x", "y", "z"), messages("z", "y"), validate.Changes{Unchanged: messages("z", "y"), Cured: messages("x")}},
		{"the rest is paired in its order", messages("x", "y", "z"), messages("a", "z"), validate.Changes{Unchanged: messages("a", "z"), Cured: messages("y")}},
		{"more than before", messages("x"), messages("x", "x"), validate.Changes{Unchanged: messages("x"), New: messages("x")}},
		{"containers of one name", validate.Findings{here}, validate.Findings{elsewhere}, validate.Changes{New: validate.Findings{elsewhere}, Cured: validate.Findings{here}}},
	} {
		if diff := cmp.Diff(tt.want, validate.Diff(tt.before, tt.after)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

// The API server writes some fields without an index, so only the Element distinguishes
// two mounts.
func TestDiffTellsElementsApart(t *testing.T) {
	bidirectional := func(index int) (some validate.Findings) {
		p := upgradedPod()
		c := &p.Spec.Containers[0]
		c.VolumeMounts = append(c.VolumeMounts, corev1.VolumeMount{Name: "config", MountPath: "/etc/more"})
		c.VolumeMounts[index].MountPropagation = ptr.To(corev1.MountPropagationBidirectional)
		for _, f := range (validate.Validator{}).Pod(p) {
			if f.Rule == "mount-propagation-bidirectional" {
				some = append(some, f)
			}
		}
		return some
	}
	first, second := bidirectional(0), bidirectional(1)
	if len(first) != 1 || len(second) != 1 || first[0].Field != second[0].Field {
		t.Fatalf("%v and %v: the test needs one field", first, second)
	}
	if diff := cmp.Diff(validate.Changes{New: second, Cured: first}, validate.Diff(first, second)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestDiffHolds checks properties of Diff for pairs of lists of findings: those of every
// fixture, for each two sets of nodes and API servers, and random lists.
func TestDiffHolds(t *testing.T) {
	for _, path := range fixturePaths(t) {
		object := readFixture(t, path).object
		var all []validate.Findings
		for _, targets := range targetSets {
			for _, minor := range []int{26, 0} {
				findings, err := validate.Validator{Targets: targets, KubernetesMinor: minor}.Object(object)
				if err != nil {
					t.Fatalf("%s: %v", path, err)
				}
				all = append(all, findings)
			}
		}
		for _, before := range all {
			for _, after := range all {
				checkDiff(t, path, before, after)
			}
		}
	}
	r := rand.New(rand.NewPCG(1, 2))
	random := func() (fs validate.Findings) {
		for range r.IntN(12) {
			fs = append(fs, validate.Finding{
				Rule: validate.RuleID("ab"[:1+r.IntN(2)]), Container: "ab"[:r.IntN(3)], Field: "ab"[:r.IntN(3)], Message: "abc"[:1+r.IntN(3)],
			})
		}
		return fs
	}
	for i := range 2000 {
		checkDiff(t, fmt.Sprint("lists ", i), random(), random())
	}
}

// checkDiff counts the findings of each kind, because Diff sees no other difference.
func checkDiff(t *testing.T, name string, before, after validate.Findings) {
	t.Helper()
	type kind struct {
		rule             validate.RuleID
		container, field string
		element          validate.Element
	}
	count := func(fs validate.Findings) map[kind]int {
		n := map[kind]int{}
		for _, f := range fs {
			n[kind{f.Rule, f.Container, f.Field, f.Element()}]++
		}
		return n
	}
	c, back := validate.Diff(before, after), validate.Diff(after, before)
	b, a, added, cured, unchanged := count(before), count(after), count(c.New), count(c.Cured), count(c.Unchanged)
	for _, k := range slices.Concat(keys(b), keys(a), keys(added), keys(cured), keys(unchanged)) {
		if added[k] != max(0, a[k]-b[k]) || cured[k] != max(0, b[k]-a[k]) || unchanged[k] != min(a[k], b[k]) {
			t.Fatalf("%s: of %+v there were %d, and are %d: %d new, %d cured, %d unchanged", name, k, b[k], a[k], added[k], cured[k], unchanged[k])
		}
	}
	if diff := cmp.Diff(c.New, back.Cured); diff != "" {
		t.Fatalf("%s: what is new isn't what is cured on the way back (-there +back):\n%s", name, diff)
	}
	if diff := cmp.Diff(validate.Changes{Unchanged: slices.Clip(append(validate.Findings(nil), after...))}, validate.Diff(after, after)); diff != "" {
		t.Fatalf("%s: no upgrade changes something (-want +got):\n%s", name, diff)
	}
	// Each list keeps the order: putting the lists together gives the findings.
	for _, halves := range [][3]validate.Findings{{after, c.New, c.Unchanged}, {before, c.Cured, back.Unchanged}} {
		if !isMerge(halves[0], halves[1], halves[2]) {
			t.Fatalf("%s: %v isn't made of %v and %v", name, halves[0], halves[1], halves[2])
		}
	}
}

func keys[K comparable](m map[K]int) (all []K) {
	for k := range m {
		all = append(all, k)
	}
	return all
}

// isMerge reports whether whole is made of two parts, each in its order.
func isMerge(whole, one, other validate.Findings) bool {
	if len(whole) == 0 {
		return len(one)+len(other) == 0
	}
	return len(one) > 0 && whole[0].Equal(one[0]) && isMerge(whole[1:], one[1:], other) ||
		len(other) > 0 && whole[0].Equal(other[0]) && isMerge(whole[1:], one, other[1:])
}

func TestChangesAsJSON(t *testing.T) {
	for want, changes := range map[string]validate.Changes{
		`{}`: {},
		`{"new":[{"rule":"a","severity":"error","field":"spec","message":"x"}]}`: {New: validate.Findings{{Rule: "a", Field: "spec", Message: "x"}}},
	} {
		if got, err := json.Marshal(changes); string(got) != want || err != nil {
			t.Errorf("%s, %v; want %s", got, err, want)
		}
	}
}
