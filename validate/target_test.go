// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate_test

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/hostprocess-go/sdk/validate"
	"github.com/hostprocess-go/sdk/volumes"
)

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
	if got, want := (validate.Target{}).String(), (validate.Target{Mode: volumes.Bind}).String(); got != want {
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
		{node("containerd://1.6.8", "10.0.20348.2849"), volumes.Symlink16},
		{node("containerd://1.7.13+azure", "10.0.20348.2849"), volumes.Bind},
		{node("containerd://1.7.13", "10.0.17763.1000"), volumes.SymlinkHPC},
		{node("containerd://2.1.1", ""), volumes.Bind},
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
