// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package main

import (
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
		{"env", []string{"testdata/env.yaml"}, 0},
		{"env-1.6.5", []string{"-containerd", "1.6.5", "testdata/env.yaml"}, 0},
		{"stdin", []string{"-"}, 2},
		{"help", []string{"-h"}, 0},
		{"no-argument", nil, 2},
		{"no-file", []string{"testdata/missing.yaml"}, 2},
		{"no-such-runtime", []string{"-containerd", "1.x", "testdata/agent.yaml"}, 2},
		{"too-old", []string{"-containerd", "1.5.0", "testdata/agent.yaml"}, 2},
		{"no-such-build", []string{"-build", "XP", "testdata/agent.yaml"}, 2},
	} {
		golden.Run(t, c.name, run, "testdata/broken.yaml", c.args, c.code)
	}
}
