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
			found[i].Targets = "" // which names fewer
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
	} {
		target, err := validate.ParseTarget(text)
		if err != nil || target.String() != want {
			t.Errorf("ParseTarget(%q) is %q, %v; want %q", text, target, err, want)
		}
	}
	for _, text := range []string{"", "unknown", "docker://20.10.9", "1.5.9", "1.7@", "1.7@bin", "x.y", "@bind", "latest"} {
		if target, err := validate.ParseTarget(text); err == nil {
			t.Errorf("ParseTarget(%q) is %v, want an error", text, target)
		}
	}
}

func TestZeroTargetIsANodeOfToday(t *testing.T) {
	if got, want := (validate.Target{}).String(), (validate.Target{Mode: volumes.ModeBind}).String(); got != want {
		t.Errorf("the zero Target is %q, want %q", got, want)
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
		if err != nil || target.Mode != c.mode {
			t.Errorf("a node with %s on %s is %v, %v; want %s", c.node.Status.NodeInfo.ContainerRuntimeVersion, c.node.Status.NodeInfo.KernelVersion, target, err, c.mode)
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
