// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"errors"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	"sigs.k8s.io/yaml"

	"github.com/hostprocess-go/sdk/accounts"
	"github.com/hostprocess-go/sdk/examples/internal/golden"
	"github.com/hostprocess-go/sdk/validate/policy"
)

func TestRun(t *testing.T) {
	for _, c := range []struct {
		name string
		args []string
		code int
	}{
		{"agents", []string{"-account", `NT AUTHORITY\Local Service`, "-account", "hpc-agents", "-namespace", "agents", "-service-account", "agents/agent", "-image", "registry.example.com/agents/", "-name", "hostprocess-agents"}, 0},
		{"rules", []string{"-rules"}, 0},
		{"help", []string{"-h"}, 0},
		{"no-account", nil, 2},
		{"no-such-account", []string{"-account", "System"}, 2},
		{"tag", []string{"-account", "hpc-agents", "-image", "registry.example.com/agent:1.4"}, 2},
		{"action", []string{"-account", "hpc-agents", "-action", "Allow"}, 2},
		{"argument", []string{"agents"}, 2},
	} {
		golden.Run(t, c.name, func(args []string, _ io.Reader, stdout, stderr io.Writer) int { return run(args, stdout, stderr) }, os.DevNull, c.args, c.code)
	}
}

// TestYAML reads back what is printed: it is what the library makes.
func TestYAML(t *testing.T) {
	var stdout, stderr bytes.Buffer
	if code := run([]string{"-account", "hpc-agents", "-namespace", "agents"}, &stdout, &stderr); code != 0 {
		t.Fatal(stderr.String())
	}
	vap, binding, found := strings.Cut(stdout.String(), "\n---\n")
	var gotPolicy admissionregistrationv1.ValidatingAdmissionPolicy
	var gotBinding admissionregistrationv1.ValidatingAdmissionPolicyBinding
	if err := errors.Join(yaml.UnmarshalStrict([]byte(vap), &gotPolicy), yaml.UnmarshalStrict([]byte(binding), &gotBinding)); err != nil || !found {
		t.Fatal(err)
	}
	wantPolicy, wantBinding, err := policy.Options{Accounts: []accounts.Account{accounts.LocalGroup("hpc-agents")}, Namespaces: []string{"agents"}}.Build()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(wantPolicy, &gotPolicy); diff != "" {
		t.Errorf("policy (-library +printed):\n%s", diff)
	}
	if diff := cmp.Diff(wantBinding, &gotBinding); diff != "" {
		t.Errorf("binding (-library +printed):\n%s", diff)
	}
}

// full can't be written to.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestCannotWrite(t *testing.T) {
	var stderr bytes.Buffer
	if code := run([]string{"-rules"}, full{}, &stderr); code != 1 || !strings.Contains(stderr.String(), "disk full") {
		t.Errorf("exit code %d: %s", code, stderr.String())
	}
}
