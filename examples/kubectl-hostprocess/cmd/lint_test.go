// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package cmd

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"
)

func TestLint(t *testing.T) {
	golden(t, "lint", "agent.yaml", []goldenCase{
		{Name: "good", Args: []string{"lint", "good.yaml"}},
		{Name: "agent", Args: []string{"lint", "-f", "agent.yaml"}, Code: 1},
		{Name: "agent-on-two-runtimes", Args: []string{"lint", "--containerd", "1.6.8,1.7", "-f", "agent.yaml"}, Code: 1},
		{Name: "agent-json", Args: []string{"lint", "-o", "json", "agent.yaml"}, Code: 1},
		{Name: "agent-github", Args: []string{"lint", "-o", "github", "agent.yaml", "missing.yaml"}, Code: 2},
		{Name: "agent-junit", Args: []string{"lint", "-o", "junit", "agent.yaml", "cluster/pods.json", "missing.yaml"}, Code: 2},
		{Name: "agent-sarif", Args: []string{"lint", "-o", "sarif", "agent.yaml"}, Code: 1},
		{Name: "patch", Args: []string{"lint", "patch.yaml"}},
		{Name: "broken", Args: []string{"lint", "broken.yaml"}, Code: 2},
		{Name: "folder", Args: []string{"lint", "-f", "."}, Code: 1},
		{Name: "folder-recursive", Args: []string{"lint", "-R", "-f", "."}, Code: 2},
		{Name: "pattern", Args: []string{"lint", "-f", "*gent.yaml"}, Code: 1},
		{Name: "stdin", Args: []string{"lint", "-f", "-"}, Code: 1},
		{Name: "cluster", Args: []string{"lint", "-f", "cluster/pods.json"}},
		{Name: "cluster-nodes", Args: []string{"lint", "--nodes", "cluster/nodes.json", "-f", "cluster/pods.json"}, Code: 1},
		{Name: "cluster-nodes-json", Args: []string{"lint", "-o", "json", "--nodes", "cluster/nodes.json", "cluster/pods.json"}, Code: 1},
		{Name: "cluster-nodes-sarif", Args: []string{"lint", "-o", "sarif", "--nodes", "cluster/nodes.json", "cluster/pods.json"}, Code: 1},
		{Name: "good-sarif", Args: []string{"lint", "-o", "sarif", "good.yaml"}},
		{Name: "broken-sarif", Args: []string{"lint", "-o", "sarif", "broken.yaml", "missing.yaml"}, Code: 2},
		{Name: "others", Args: []string{"lint", "others.yaml"}, Code: 1},
		{Name: "namespaces", Args: []string{"lint", "namespaces.yaml"}, Code: 1},
		{Name: "kustomize", Args: []string{"lint", "-k", "kustomize/overlay"}, Code: 1},
		{Name: "templates", Args: []string{"lint", "-R", "-f", "chart"}, Code: 2},
		{Name: "fail-on-warning", Args: []string{"lint", "--fail-on", "warning", "--enable-only", "unknown-field", "agent.yaml"}, Code: 1},
		{Name: "fail-on-none", Args: []string{"lint", "--fail-on", "none", "--min-severity", "error", "agent.yaml"}},
		{Name: "disabled", Args: []string{"lint", "--disable", "host-network,named-pipe-mount", "--disable", "account-missing-domain,command-newline", "agent.yaml"}},
		{Name: "configured", Args: []string{"lint", "--config", "config.yaml", "agent.yaml"}, Code: 1},
		{Name: "configured-and-flags", Args: []string{"lint", "--config", "config.yaml", "--fail-on", "none", "--disable", "unknown-field", "agent.yaml"}},
		{Name: "wrong-config", Args: []string{"lint", "--config", "good.yaml", "agent.yaml"}, Code: 2},
		{Name: "no-config", Args: []string{"lint", "--config", "missing.yaml", "agent.yaml"}, Code: 2},
		{Name: "no-such-rule", Args: []string{"lint", "--disable", "host-netwrok", "agent.yaml"}, Code: 2},
		{Name: "no-such-severity", Args: []string{"lint", "--fail-on", "fatal", "agent.yaml"}, Code: 2},
		{Name: "no-such-kubernetes", Args: []string{"lint", "--kubernetes", "next", "agent.yaml"}, Code: 2},
		{Name: "no-nodes", Args: []string{"lint", "--nodes", "good.yaml", "-f", "-"}, Code: 2},
		{Name: "broken-nodes", Args: []string{"lint", "--nodes", "broken.yaml", "-f", "-"}, Code: 2},
		{Name: "no-nodes-file", Args: []string{"lint", "--nodes", "missing.json", "-f", "-"}, Code: 2},
		{Name: "stdin-twice", Args: []string{"lint", "--nodes", "-", "-f", "-"}, Code: 2},
		{Name: "nodes-and-containerd", Args: []string{"lint", "--nodes", "cluster/nodes.json", "--containerd", "1.7", "-"}, Code: 2},
		{Name: "no-file", Args: []string{"lint", "good.yaml", "missing.yaml"}, Code: 2},
		{Name: "address", Args: []string{"lint", "-f", "https://example.com/agent.yaml"}, Code: 2},
		{Name: "help", Args: []string{"lint", "-h"}},
		{Name: "no-such-format", Args: []string{"lint", "-o", "xml", "-"}, Code: 2},
		{Name: "no-such-runtime", Args: []string{"lint", "--containerd", "1.6,1.x", "-"}, Code: 2},
	})
}

// TestConfigIsFound: the file in the root of the repository counts, and none above it.
func TestConfigIsFound(t *testing.T) {
	agent, err := os.ReadFile("testdata/lint/agent.yaml")
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	for _, folder := range []string{"repository/.git", "repository/deploy"} {
		if err := os.MkdirAll(folder, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	for name, text := range map[string]string{".hostprocess.yaml": "failOn: none\n", "repository/deploy/agent.yaml": string(agent)} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir("repository/deploy")
	var stdout, stderr bytes.Buffer
	if code := Run([]string{"lint", "agent.yaml"}, nil, &stdout, &stderr); code != 1 {
		t.Errorf("the file above the repository counts: exit code %d", code)
	}
	if err := os.WriteFile("../.hostprocess.yaml", []byte("failOn: none\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if code := Run([]string{"lint", "agent.yaml"}, nil, &stdout, &stderr); code != 0 {
		t.Errorf("the file of the repository doesn't count: exit code %d", code)
	}
}

// TestJSONIsOneObjectALine reads what a program would read.
func TestJSONIsOneObjectALine(t *testing.T) {
	var stdout, stderr bytes.Buffer
	Run([]string{"lint", "-o", "json", "testdata/lint/agent.yaml"}, nil, &stdout, &stderr)
	lines := strings.Split(strings.TrimSpace(stdout.String()), "\n")
	for _, line := range lines {
		var f map[string]any
		if err := json.Unmarshal([]byte(line), &f); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		for _, key := range []string{"file", "line", "document", "kind", "namespace", "name", "rule", "severity", "field", "message", "fix"} {
			if _, ok := f[key]; !ok {
				t.Errorf("%s has no %q", line, key)
			}
		}
		if f["file"] != "testdata/lint/agent.yaml" || f["document"] != 1.0 || f["kind"] != "DaemonSet" || f["namespace"] != "agents" || f["name"] != "agent" {
			t.Errorf("%s is not about the DaemonSet", line)
		}
	}
	if len(lines) < 2 {
		t.Errorf("only %d findings", len(lines))
	}
}
