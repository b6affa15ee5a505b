// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"testing"

	"github.com/hostprocess-go/sdk/examples/internal/golden"
)

func TestRun(t *testing.T) {
	for _, c := range []struct {
		name string
		args []string
		code int
	}{
		{"aks", []string{"testdata/aks.json"}, 0},
		{"aks-local-groups", []string{"-need", "local-groups", "testdata/aks.json"}, 1},
		{"aks-local-groups-json", []string{"-o", "json", "-need", "local-groups", "testdata/aks.json"}, 1},
		{"mixed", []string{"testdata/mixed.yaml"}, 1},
		{"mixed-everything", []string{"-need", "local-groups,in-cluster-config,read-only-mounts,port-forward,env-tokens", "testdata/mixed.yaml"}, 1},
		{"mixed-nothing", []string{"-need", "", "testdata/mixed.yaml"}, 1},
		{"each", []string{"-each", "testdata/mixed.yaml"}, 1},
		{"each-json", []string{"-each", "-o", "json", "testdata/aks.json"}, 0},
		{"stdin", []string{"-"}, 0},
		{"linux", []string{"testdata/linux.json"}, 1},
		{"no-host-process", []string{"testdata/no-host-process.json"}, 1},
		{"not-reported", []string{"testdata/not-reported.json"}, 1},
		{"no-port-forward", []string{"-need", "port-forward", "testdata/no-port-forward.json"}, 1},
		{"broken", []string{"testdata/aks.json", "testdata/broken.json"}, 2},
		{"no-file", []string{"testdata/missing.json"}, 2},
		{"help", []string{"-h"}, 0},
		{"no-argument", nil, 2},
		{"no-such-format", []string{"-o", "xml", "-"}, 2},
		{"no-such-capability", []string{"-need", "flying", "-"}, 2},
	} {
		golden.Run(t, c.name, run, "testdata/aks.json", c.args, c.code)
	}
}

// TestJSON reads what a program would read.
func TestJSON(t *testing.T) {
	var stdout, stderr bytes.Buffer
	run([]string{"-o", "json", "testdata/mixed.yaml"}, nil, &stdout, &stderr)
	var got report
	if err := json.Unmarshal(stdout.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	sum := 0
	for _, p := range got.Parts {
		sum += p.Nodes
	}
	if sum != got.Windows || sum == 0 || len(got.Groups) < 2 {
		t.Errorf("%d of %d nodes are in parts", sum, got.Windows)
	}
}

// broken can't be written to.
type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestCannotWrite(t *testing.T) {
	for _, format := range []string{"text", "json"} {
		var stderr bytes.Buffer
		if code := run([]string{"-o", format, "testdata/aks.json"}, nil, broken{}, &stderr); code != 2 {
			t.Errorf("%s: exit code %d: %s", format, code, stderr.String())
		}
	}
}
