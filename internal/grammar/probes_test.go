// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package grammar

import (
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/hostprocess-go/sdk/internal/cmdline"
	"github.com/hostprocess-go/sdk/internal/probes"
)

// What the probes run on a node with the bind filter, and on one without it, is
// PowerShell; so is what package task runs in a second one.
func TestProbes(t *testing.T) {
	parsed := 0
	for _, runtime := range []string{"containerd://1.6.39", "containerd://1.7.13", "containerd://2.3.4"} {
		node, err := probes.NewNode(&corev1.Node{
			ObjectMeta: metav1.ObjectMeta{Name: "win-1"},
			Status: corev1.NodeStatus{NodeInfo: corev1.NodeSystemInfo{
				OperatingSystem: "windows", Architecture: "amd64", ContainerRuntimeVersion: runtime, KernelVersion: "10.0.20348.2849", KubeletVersion: "v1.37.2",
			}},
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range probes.All() {
			pods, err := p.Pods(node)
			if err != nil {
				t.Fatal(err)
			}
			for _, pod := range pods {
				for _, c := range pod.Spec.Containers {
					for _, script := range scriptsOfProbe(t, &c) {
						parsed++
						if tree := parse(t, script); len(tree.Errors) > 0 {
							t.Errorf("%s, container %s: %q in\n%s", p.Name, c.Name, tree.Errors, script)
						}
					}
				}
			}
		}
	}
	if parsed < 300 {
		t.Errorf("only %d scripts were found", parsed)
	}
}

// scriptsOfProbe returns the scripts of a container, after the kubelet has read them: those
// of its variables and of its hook, and the one that a string of package task holds.
func scriptsOfProbe(t *testing.T, c *corev1.Container) []string {
	t.Helper()
	var all []string
	lines := [][]string{c.Command}
	if c.Lifecycle != nil {
		lines = append(lines, c.Lifecycle.PreStop.Exec.Command)
	}
	for _, words := range lines {
		if at := slices.Index(words, "-Command"); at > 0 {
			all = append(all, strings.Join(words[at+1:], " "))
		}
	}
	const inner = "$Env:HOSTPROCESS_TASK = '"
	for _, variable := range c.Env {
		if !cmdline.IsScriptVariable(variable.Name) {
			continue
		}
		script := cmdline.Expand(variable.Value, nil)
		all = append(all, script)
		if rest, ok := strings.CutPrefix(script, inner); ok {
			text, _, ends := strings.Cut(rest, "'\n$ErrorActionPreference")
			if !ends {
				t.Errorf("the script of %s has no end", c.Name)
			}
			all = append(all, strings.ReplaceAll(text, "''", "'"))
		}
	}
	return all
}
