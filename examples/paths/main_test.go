// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
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
		{"symlink16", []string{"-containerd", "1.6.8", "-build", "20348", "testdata/agent.yaml"}, 0},
		{"bind", []string{"-containerd", "1.7.13+azure", "-build", "10.0.20348.2849", "testdata/agent.yaml"}, 0},
		{"symlinkHPC", []string{"-containerd", "2.1.1", "-build", "17763.1000", "testdata/agent.yaml"}, 0},
		{"refused-symlink16", []string{"-containerd", "1.6.8", "testdata/refused.yaml"}, 1},
		{"refused-bind", []string{"testdata/refused.yaml"}, 1},
		{"stdin", []string{"-"}, 2},
		{"help", []string{"-h"}, 0},
		{"no-argument", nil, 2},
		{"no-file", []string{"testdata/missing.yaml"}, 2},
		{"no-such-runtime", []string{"-containerd", "1.x", "testdata/agent.yaml"}, 2},
		{"too-old", []string{"-containerd", "1.5.0", "testdata/agent.yaml"}, 2},
		{"no-such-build", []string{"-build", "XP", "testdata/agent.yaml"}, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			var stdout, stderr bytes.Buffer
			stdin := strings.NewReader("kind: Pod\nspec: {")
			if code := run(c.args, stdin, &stdout, &stderr); code != c.code {
				t.Errorf("exit code %d, want %d; stderr:\n%s", code, c.code, stderr.String())
			}
			_, missing := os.Lstat("testdata/missing.yaml")
			golden.Check(t, c.name, strings.ReplaceAll(stdout.String()+"-- stderr --\n"+stderr.String(), missing.Error(), "lstat testdata/missing.yaml: no such file or directory"))
		})
	}
}
