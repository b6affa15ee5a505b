// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate_test

import (
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/hostprocess-go/sdk/validate"
	"github.com/hostprocess-go/sdk/volumes"
)

// TestStrictest judges every fixture for a random set of targets, and for the
// strictest of them: the same is found.
func TestStrictest(t *testing.T) {
	var all []validate.Target
	for _, text := range []string{"1.6.6", "1.6.8", "1.6.34", "1.6", "1.7.2", "1.7.13+azure", "1.7.20", "2.1.1", "bind", "1.7.2@symlinkHPC", "1.7.20@symlinkHPC", "symlinkHPC"} {
		target, err := validate.ParseTarget(text)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, target)
	}
	find := func(targets []validate.Target, object runtime.Object) validate.Findings {
		found, err := validate.Validator{Targets: targets}.Object(object)
		if err != nil {
			t.Fatal(err)
		}
		for i := range found {
			found[i].Targets = nil // which names fewer
		}
		return found
	}
	different := map[int]bool{}
	r := rand.New(rand.NewPCG(5, 6))
	for _, path := range fixturePaths(t) {
		var targets []validate.Target
		for _, target := range all {
			if r.IntN(3) == 0 {
				targets = append(targets, target)
			}
		}
		strictest := validate.Strictest(targets)
		if len(strictest) > len(targets) || (len(strictest) == 0) != (len(targets) == 0) {
			t.Fatalf("of %v: %v", targets, strictest)
		}
		different[len(targets)-len(strictest)] = true
		object := readFixture(t, path).object
		if diff := cmp.Diff(find(targets, object), find(strictest, object)); diff != "" {
			t.Errorf("%s: of %v the strictest are %v (-all +strictest):\n%s", path, targets, strictest, diff)
		}
	}
	if len(different) < 4 {
		t.Errorf("only so many are left out: %v", different)
	}
	if validate.Strictest(nil) != nil {
		t.Error("nothing has strictest")
	}
}

func TestParseTarget(t *testing.T) {
	for text, want := range map[string]string{
		"1.6":                     "containerd 1.6",
		"1.6.8":                   "containerd 1.6.8",
		"1.7":                     "containerd 1.7 or newer",
		"2.1":                     "containerd 1.7 or newer",
		"containerd://1.7.0-k3s1": "containerd 1.7.0-k3s1",
		"bind":                    "containerd 1.7 or newer",
		"symlink16":               "containerd 1.6",
		"symlinkHPC":              "containerd 1.7 or newer without the bind filter",
		"1.7.2@symlinkHPC":        "containerd 1.7.2 without the bind filter",
		"kubelet-1.29":            "containerd 1.7 or newer and kubelet 1.29",
		"1.6/kubelet-v1.28.3":     "containerd 1.6 and kubelet 1.28",
		"containerd://1.7.13+azure@symlinkHPC/kubelet-1.30": "containerd 1.7.13+azure and kubelet 1.30 without the bind filter",
	} {
		target, err := validate.ParseTarget(text)
		if err != nil || target.String() != want {
			t.Errorf("ParseTarget(%q) is %q, %v; want %q", text, target, err, want)
		}
		var back validate.Target
		if written, err := target.MarshalText(); err != nil || back.UnmarshalText(written) != nil || back != target {
			t.Errorf("%q is written as %q, %v, which is read as %q", text, written, err, back)
		}
	}
	for _, text := range []string{"", "unknown", "docker://20.10.9", "1.5.9", "1.7@", "1.7@bin", "x.y", "@bind", "latest", "kubelet-", "kubelet-2.1", "kubelet-1", "/kubelet-1.29", "bindkubelet-1.29", "x/kubelet-1.29", "bind/kubelet-1.0"} {
		if target, err := validate.ParseTarget(text); err == nil {
			t.Errorf("ParseTarget(%q) is %v, want an error", text, target)
		}
	}
}

func TestZeroTargetIsANodeOfToday(t *testing.T) {
	if got, want := (validate.Target{}).String(), (validate.NewTarget(volumes.Runtime{}, volumes.ModeBind)).String(); got != want {
		t.Errorf("the zero Target is %q, want %q", got, want)
	}
}

func TestTargetsAreEqualIfTheyMeanTheSame(t *testing.T) {
	if (validate.NewTarget(volumes.Runtime{}, volumes.ModeBind)) != (validate.Target{}) || (validate.NewTarget(volumes.Runtime{}, volumes.ModeUnknown)) != (validate.Target{}) {
		t.Error("bind isn't the zero Target")
	}
	if a, b := mustTarget("1.6.8"), mustTarget("1.6.8@symlink16"); a != b || a.Mode() != volumes.ModeSymlink16 || a.Runtime().String() != "containerd://1.6.8" {
		t.Errorf("%v and %v", a, b)
	}
	if a := mustTarget("1.7.2/kubelet-1.29"); a == mustTarget("1.7.2") || a.KubeletMinor() != 29 || a.WithKubelet(-1) != mustTarget("1.7.2") {
		t.Errorf("%v", a)
	}
}

func TestRulesApplyToTargets(t *testing.T) {
	applies := func(id validate.RuleID, target validate.Target) bool {
		for _, r := range validate.Rules() {
			if r.ID == id {
				return r.AppliesTo(target)
			}
		}
		t.Fatalf("no rule %s", id)
		return false
	}
	for _, c := range []struct {
		rule   validate.RuleID
		target string
		want   bool
	}{
		{"host-network", "bind", true}, {"host-network", "1.6", true},
		{"command-quotes", "bind", true}, {"command-quotes", "1.6", false},
		{"port-forward", "1.7.15", true}, {"port-forward", "1.7.16", false},
		{"run-as-user-hangs", "bind", false}, {"sub-path-several", "bind", false}, {"sub-path-several", "kubelet-1.36", true}, {"run-as-user-hangs", "kubelet-1.28", true}, {"run-as-user-hangs", "1.6/kubelet-1.29", false},
	} {
		if got := applies(c.rule, mustTarget(c.target)); got != c.want {
			t.Errorf("%s applies to %s: %t", c.rule, c.target, got)
		}
	}
	if !(validate.Rule{}).AppliesTo(validate.Target{}) {
		t.Error("the zero Rule is about some nodes only")
	}
}

func TestNodeTarget(t *testing.T) {
	node := func(runtime, kernel string) *corev1.Node {
		return &corev1.Node{
			ObjectMeta: metav1.ObjectMeta{Name: "win-1"},
			Status:     corev1.NodeStatus{NodeInfo: corev1.NodeSystemInfo{ContainerRuntimeVersion: runtime, KernelVersion: kernel}},
		}
	}
	for _, c := range []struct {
		node *corev1.Node
		mode volumes.Mode
	}{
		{node("containerd://1.6.8", "10.0.20348.2849"), volumes.ModeSymlink16},
		{node("containerd://1.7.13+azure", "10.0.20348.2849"), volumes.ModeBind},
		{node("containerd://1.7.13", "10.0.17763.1000"), volumes.ModeSymlinkHPC},
		{node("containerd://2.1.1", ""), volumes.ModeBind},
	} {
		target, err := validate.NodeTarget(c.node)
		if err != nil || target.Mode() != c.mode {
			t.Errorf("a node with %s on %s is %v, %v; want %s", c.node.Status.NodeInfo.ContainerRuntimeVersion, c.node.Status.NodeInfo.KernelVersion, target, err, c.mode)
		}
	}
	kubelets := map[string]int{"v1.30.4": 30, "v1.29.3-eks-adc7111": 29, "1.36.0+k3s1": 36, "": 0, "v2.1.0": 0, "latest": 0, "v1.99999999999.0": 0}
	for version, want := range kubelets {
		n := node("containerd://2.1.1", "")
		n.Status.NodeInfo.KubeletVersion = version
		if target, err := validate.NodeTarget(n); err != nil || target.KubeletMinor() != want {
			t.Errorf("a node with a kubelet %q is %v, %v; want 1.%d", version, target, err, want)
		}
	}
	for _, n := range []*corev1.Node{nil, {}, node("docker://20.10.9", "10.0.17763.1000")} {
		if target, err := validate.NodeTarget(n); err == nil {
			t.Errorf("%v is the target %v, want an error", n, target)
		}
	}
}

// TestZeroTarget holds the promise that the zero Target is any containerd 2.x with
// the bind filter, and no older one.
func TestZeroTarget(t *testing.T) {
	for version, same := range map[string]bool{
		"2.0.0": true, "2.0": true, "2.1.4": true, "2.2.1": true, "2.3.4": true, "2.9": true,
		"1.7.0": false, "1.7.15": false, "1.6.36": false, "2.3@symlinkHPC": false,
	} {
		target, err := validate.ParseTarget(version)
		if err != nil {
			t.Fatal(err)
		}
		if got := len(validate.Strictest([]validate.Target{{}, target})) == 1 && len(validate.Strictest([]validate.Target{target, {}})) == 1; got != same {
			t.Errorf("a node with containerd %s is like the zero Target: %t", version, got)
		}
	}
}
