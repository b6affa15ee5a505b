// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/hostprocess-go/sdk/examples/internal/golden"
)

func TestRun(t *testing.T) {
	for _, c := range []struct {
		name string
		args []string
		code int
	}{
		{"good", []string{"testdata/good.yaml"}, 0},
		{"agent", []string{"testdata/agent.yaml"}, 1},
		{"agent-on-two-runtimes", []string{"-containerd", "1.6.8,1.7", "testdata/agent.yaml"}, 1},
		{"agent-json", []string{"-o", "json", "testdata/agent.yaml"}, 1},
		{"broken", []string{"testdata/broken.yaml"}, 2},
		{"folder", []string{"testdata"}, 2},
		{"stdin", []string{"-"}, 1},
		{"no-file", []string{"testdata/good.yaml", "testdata/missing.yaml"}, 2},
		{"no-argument", nil, 2},
		{"no-such-format", []string{"-o", "xml", "-"}, 2},
		{"no-such-runtime", []string{"-containerd", "1.6,1.x", "-"}, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			stdin, err := os.Open("testdata/agent.yaml")
			if err != nil {
				t.Fatal(err)
			}
			defer stdin.Close()
			var stdout, stderr bytes.Buffer
			if code := run(c.args, stdin, &stdout, &stderr); code != c.code {
				t.Errorf("exit code %d, want %d; stderr:\n%s", code, c.code, stderr.String())
			}
			golden.Check(t, c.name, strings.ReplaceAll(stdout.String()+"-- stderr --\n"+stderr.String(), `testdata\`, "testdata/"))
		})
	}
}

// TestJSONIsOneObjectALine reads what a program would read.
func TestJSONIsOneObjectALine(t *testing.T) {
	var stdout, stderr bytes.Buffer
	run([]string{"-o", "json", "testdata/agent.yaml"}, nil, &stdout, &stderr)
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
		if f["file"] != "testdata/agent.yaml" || f["document"] != 1.0 || f["kind"] != "DaemonSet" || f["namespace"] != "agents" || f["name"] != "agent" {
			t.Errorf("%s is not about the DaemonSet", line)
		}
	}
	if len(lines) < 2 {
		t.Errorf("only %d findings", len(lines))
	}
}
