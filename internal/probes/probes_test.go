// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package probes

import (
	"maps"
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/hostprocess-go/sdk/internal/cmdline"
	"github.com/hostprocess-go/sdk/validate"
)

// objects are one node of each kind that predictions differ for.
func objects() map[string]*corev1.Node {
	all := map[string]*corev1.Node{}
	for name, info := range map[string][4]string{
		"symlink16":    {"containerd://1.6.6", "10.0.17763.5000", "v1.27.3", "amd64"},
		"symlink16new": {"containerd://1.6.39", "10.0.20348.2849", "v1.30.3", "amd64"},
		"symlink1634":  {"containerd://1.6.34", "10.0.20348.2849", "v1.30.3", "amd64"},
		"symlinkHPC":   {"containerd://1.7.13", "10.0.17763.2000", "v1.29.0", "amd64"},
		"bind17":       {"containerd://1.7.13", "10.0.20348.2849", "v1.29.0", "amd64"},
		"bind2":        {"containerd://2.3.4", "10.0.26100.1", "v1.37.2", "amd64"},
		"arm64":        {"containerd://2.3.4", "10.0.26100.1", "v1.37.2", "arm64"},
	} {
		all[name] = &corev1.Node{
			ObjectMeta: metav1.ObjectMeta{Name: "win-1", Labels: map[string]string{
				"kubernetes.io/os": "windows", "kubernetes.io/arch": info[3], "kubernetes.io/hostname": "win-1",
			}},
			Status: corev1.NodeStatus{
				Conditions: []corev1.NodeCondition{{Type: corev1.NodeReady, Status: corev1.ConditionTrue}},
				NodeInfo: corev1.NodeSystemInfo{
					OperatingSystem: "windows", Architecture: info[3], ContainerRuntimeVersion: info[0], KernelVersion: info[1], KubeletVersion: info[2],
				},
			},
		}
	}
	return all
}

func nodes(t testing.TB) map[string]Node {
	t.Helper()
	all := map[string]Node{}
	for name, object := range objects() {
		n, err := NewNode(object)
		if err != nil {
			t.Fatal(err)
		}
		all[name] = n
	}
	return all
}

// The pods of a probe break the rules that it names, and no others.
func TestPodsAreValid(t *testing.T) {
	for _, p := range All() {
		broken := map[validate.RuleID]string{}
		for name, n := range nodes(t) {
			pods, err := p.Pods(n)
			if err != nil {
				t.Errorf("%s on %s: %v", p.Name, name, err)
			}
			v := validate.Validator{Targets: []validate.Target{n.Target}, KubernetesMinor: n.Target.KubeletMinor()}
			for _, pod := range pods {
				for _, f := range append(v.Pod(pod), v.Node(objects()[name], &pod.Spec)...) {
					if f.Severity != validate.SeverityInfo {
						broken[f.Rule] = name + ": " + f.Error()
					}
				}
			}
		}
		meant := p.broken()
		for _, rule := range slices.Sorted(maps.Keys(broken)) {
			// Every pod breaks this one on such a node, which one probe is about.
			if !slices.Contains(meant, rule) && rule != "node-architecture" {
				t.Errorf("%s breaks %s, which it doesn't name: %s", p.Name, rule, broken[rule])
			}
		}
		for _, rule := range meant {
			if _, ok := broken[rule]; !ok {
				t.Errorf("%s names %s, and breaks it on no node", p.Name, rule)
			}
		}
	}
}

// Scripts arrive unchanged: they contain nothing that the runtime replaces or that the builder
// therefore rewrites.
func TestScriptsArrive(t *testing.T) {
	for _, p := range All() {
		for name, n := range nodes(t) {
			pods, err := p.Pods(n)
			if err != nil {
				t.Fatal(err)
			}
			for _, pod := range pods {
				for _, c := range pod.Spec.Containers {
					for _, v := range c.Env {
						if cmdline.IsScriptVariable(v.Name) && (cmdline.HasToken(v.Value) || strings.Contains(v.Value, strings.ToLower(cmdline.CmdToken))) {
							t.Errorf("%s on %s: container %s: %s", p.Name, name, c.Name, v.Value)
						}
					}
				}
			}
		}
	}
}
