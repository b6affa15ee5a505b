// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package cmd

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"
	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	"sigs.k8s.io/yaml"

	"github.com/hostprocess-go/sdk/accounts"
	"github.com/hostprocess-go/sdk/validate/policy"
)

func TestExplain(t *testing.T) {
	golden(t, "explain", "describe.txt", []goldenCase{
		{Name: "text", Args: []string{"explain", `Error: failed to start containerd task "agent": failed to create user process token: failed to logon user: Access is denied.: unknown`}},
		{Name: "describe", Args: []string{"explain", "describe.txt"}},
		{Name: "log", Args: []string{"explain", "-f", "containerd.log"}},
		{Name: "folded", Args: []string{"explain", "pod.yaml"}},
		{Name: "events", Args: []string{"explain", "events.json"}},
		{Name: "events-json", Args: []string{"explain", "-o", "json", "events.json"}},
		{Name: "pods", Args: []string{"explain", "pods.json"}},
		{Name: "stdin", Args: []string{"explain", "-"}},
		{Name: "nothing", Args: []string{"explain", "Back-off restarting failed container"}, Code: 1},
		{Name: "broken", Args: []string{"explain", "broken.json"}, Code: 2},
		{Name: "help", Args: []string{"explain", "-h"}},
		{Name: "no-argument", Args: []string{"explain"}, Code: 2},
		{Name: "no-file", Args: []string{"explain", "missing.log", "describe.txt"}, Code: 2},
		{Name: "no-such-format", Args: []string{"explain", "-o", "xml", "-"}, Code: 2},
		{Name: "text-and-file", Args: []string{"explain", "failed to logon user", "pod.yaml"}},
	})
}

func TestPaths(t *testing.T) {
	golden(t, "paths", "broken.yaml", []goldenCase{
		{Name: "symlink16", Args: []string{"paths", "--containerd", "1.6.8", "--build", "20348", "-f", "agent.yaml"}},
		{Name: "bind", Args: []string{"paths", "--containerd", "1.7.13+azure", "--build", "10.0.20348.2849", "agent.yaml"}},
		{Name: "symlinkHPC", Args: []string{"paths", "--containerd", "2.1.1", "--build", "17763.1000", "agent.yaml"}},
		{Name: "refused-symlink16", Args: []string{"paths", "--containerd", "1.6.8", "refused.yaml"}, Code: 1},
		{Name: "refused-bind", Args: []string{"paths", "refused.yaml"}, Code: 1},
		{Name: "env", Args: []string{"paths", "env.yaml"}},
		{Name: "env-1.6.5", Args: []string{"paths", "--containerd", "1.6.5", "env.yaml"}},
		{Name: "stdin", Args: []string{"paths", "-f", "-"}, Code: 2},
		{Name: "help", Args: []string{"paths", "--help"}},
		{Name: "no-argument", Args: []string{"paths"}, Code: 2},
		{Name: "no-file", Args: []string{"paths", "missing.yaml"}, Code: 2},
		{Name: "no-such-runtime", Args: []string{"paths", "--containerd", "1.x", "agent.yaml"}, Code: 2},
		{Name: "too-old", Args: []string{"paths", "--containerd", "1.5.0", "agent.yaml"}, Code: 2},
		{Name: "no-such-build", Args: []string{"paths", "--build", "XP", "agent.yaml"}, Code: 2},
	})
}

func TestPolicy(t *testing.T) {
	golden(t, "policy", os.DevNull, []goldenCase{
		{Name: "agents", Args: []string{"policy", "--account", `NT AUTHORITY\Local Service`, "--account", "hpc-agents", "--namespace", "agents", "--service-account", "agents/agent", "--image", "registry.example.com/agents/", "--name", "hostprocess-agents"}},
		{Name: "rules", Args: []string{"policy", "--rules"}},
		{Name: "help", Args: []string{"policy", "-h"}},
		{Name: "no-account", Args: []string{"policy"}, Code: 2},
		{Name: "no-such-account", Args: []string{"policy", "--account", "System"}, Code: 2},
		{Name: "tag", Args: []string{"policy", "--account", "hpc-agents", "--image", "registry.example.com/agent:1.4"}, Code: 2},
		{Name: "action", Args: []string{"policy", "--account", "hpc-agents", "--action", "Allow"}, Code: 2},
		{Name: "argument", Args: []string{"policy", "agents"}, Code: 2},
	})
}

func TestSurvey(t *testing.T) {
	golden(t, "survey", "aks.json", []goldenCase{
		{Name: "aks", Args: []string{"survey", "--date", "2026-11-30", "aks.json"}},
		{Name: "aks-local-groups", Args: []string{"survey", "--date", "2026-11-30", "--need", "local-groups", "-f", "aks.json"}, Code: 1},
		{Name: "aks-local-groups-json", Args: []string{"survey", "--date", "2026-11-30", "-o", "json", "--need", "local-groups", "aks.json"}, Code: 1},
		{Name: "mixed", Args: []string{"survey", "--date", "2026-11-30", "mixed.yaml"}, Code: 1},
		{Name: "mixed-everything", Args: []string{"survey", "--date", "2026-11-30", "--need", "local-groups,in-cluster-config,read-only-mounts,port-forward,env-tokens", "mixed.yaml"}, Code: 1},
		{Name: "mixed-nothing", Args: []string{"survey", "--date", "2026-11-30", "--need", "", "mixed.yaml"}, Code: 1},
		{Name: "each", Args: []string{"survey", "--date", "2026-11-30", "--each", "mixed.yaml"}, Code: 1},
		{Name: "each-json", Args: []string{"survey", "--date", "2026-11-30", "--each", "-o", "json", "aks.json"}},
		{Name: "stdin", Args: []string{"survey", "--date", "2026-11-30", "-f", "-"}},
		{Name: "linux", Args: []string{"survey", "linux.json"}, Code: 1},
		{Name: "no-host-process", Args: []string{"survey", "--date", "2026-11-30", "no-host-process.json"}, Code: 1},
		{Name: "not-reported", Args: []string{"survey", "not-reported.json"}, Code: 1},
		{Name: "no-port-forward", Args: []string{"survey", "--date", "2026-11-30", "--need", "port-forward", "no-port-forward.json"}, Code: 1},
		{Name: "broken", Args: []string{"survey", "--date", "2026-11-30", "aks.json", "broken.json"}, Code: 2},
		{Name: "no-file", Args: []string{"survey", "missing.json"}, Code: 2},
		{Name: "help", Args: []string{"survey", "-h"}},
		{Name: "no-such-format", Args: []string{"survey", "-o", "xml", "-"}, Code: 2},
		{Name: "next-spring", Args: []string{"survey", "--date", "2027-04-01", "supported.yaml"}},
		{Name: "no-such-day", Args: []string{"survey", "--date", "tomorrow", "-"}, Code: 2},
		{Name: "no-such-capability", Args: []string{"survey", "--need", "flying", "-"}, Code: 2},
	})
}

func TestPrivileges(t *testing.T) {
	golden(t, "privileges", "agents.yaml", []goldenCase{
		{Name: "agents", Args: []string{"privileges", "agents.yaml"}, Code: 1},
		{Name: "agents-json", Args: []string{"privileges", "-o", "json", "-f", "-"}, Code: 1},
		{Name: "cluster-text", Args: []string{"privileges", "cluster.yaml"}, Code: 1},
		{Name: "cluster-table", Args: []string{"privileges", "-o", "table", "cluster.yaml"}, Code: 1},
		{Name: "cluster-json", Args: []string{"privileges", "-o", "json", "cluster.yaml"}, Code: 1},
		{Name: "cluster-csv", Args: []string{"privileges", "-o", "csv", "cluster.yaml"}, Code: 1},
		{Name: "help", Args: []string{"privileges", "-h"}},
		{Name: "no-file", Args: []string{"privileges", "missing.yaml"}, Code: 2},
		{Name: "no-such-format", Args: []string{"privileges", "-o", "xml", "-"}, Code: 2},
	})
}

func TestConflicts(t *testing.T) {
	golden(t, "conflicts", "exporters.yaml", []goldenCase{
		{Name: "exporters", Args: []string{"conflicts", "exporters.yaml"}, Code: 1},
		{Name: "exporters-json", Args: []string{"conflicts", "-o", "json", "-f", "-"}, Code: 1},
		{Name: "with-node", Args: []string{"conflicts", "exporters.yaml", "node-2019.yaml"}, Code: 1},
		{Name: "custom-kind", Args: []string{"conflicts", "exporters.yaml", "rollout.yaml"}, Code: 1},
		{Name: "none", Args: []string{"conflicts", "rollout.yaml"}},
		{Name: "help", Args: []string{"conflicts", "-h"}},
		{Name: "no-file", Args: []string{"conflicts", "missing.yaml", "exporters.yaml"}, Code: 2},
		{Name: "no-such-format", Args: []string{"conflicts", "-o", "xml", "-"}, Code: 2},
	})
}

func TestDiff(t *testing.T) {
	golden(t, "diff", "agent.yaml", []goldenCase{
		{Name: "containerd", Args: []string{"diff", "--from", "1.6.36", "--to", "2.3.4", "agent.yaml"}, Code: 1},
		{Name: "containerd-json", Args: []string{"diff", "--from", "1.6.36", "--to", "2.3.4", "-o", "json", "-f", "-"}, Code: 1},
		{Name: "custom-kind", Args: []string{"diff", "--from", "1.6.36", "--to", "2.3.4", "rollout.yaml"}, Code: 1},
		{Name: "back", Args: []string{"diff", "--from", "2.3.4", "--to", "1.6.36", "agent.yaml"}},
		{Name: "nothing", Args: []string{"diff", "--from", "2.3.4", "--to", "2.3", "--from-kubernetes", "1.30", "--to-kubernetes", "v1.37", "agent.yaml"}},
		{Name: "help", Args: []string{"diff", "-h"}},
		{Name: "no-to", Args: []string{"diff", "agent.yaml"}, Code: 2},
		{Name: "no-such-from", Args: []string{"diff", "--from", "x", "--to", "2.3.4", "agent.yaml"}, Code: 2},
		{Name: "no-such-kubernetes", Args: []string{"diff", "--from", "2.3.4", "--to", "2.3.4", "--to-kubernetes", "x", "agent.yaml"}, Code: 2},
		{Name: "part-of-a-version", Args: []string{"diff", "--to", "2.3", "agent.yaml"}, Code: 2},
		{Name: "no-file", Args: []string{"diff", "--from", "1.6", "--to", "2.3", "missing.yaml"}, Code: 2},
		{Name: "no-such-format", Args: []string{"diff", "-o", "xml", "-"}, Code: 2},
	})
}

func TestRules(t *testing.T) {
	var stdout, stderr bytes.Buffer
	if code := Run([]string{"rules", "-o", "json"}, nil, &stdout, &stderr); code != 0 {
		t.Fatal(stderr.String())
	}
	for line := range strings.Lines(stdout.String()) {
		var rule struct{ ID, Title, Doc, Severity, Fix string }
		if err := json.Unmarshal([]byte(line), &rule); err != nil {
			t.Fatal(err)
		}
		if rule.ID == "" || rule.Title == "" || rule.Doc == "" || rule.Severity == "" || rule.Fix == "" {
			t.Errorf("%s lacks something", line)
		}
		var explained bytes.Buffer
		if code := Run([]string{"rules", rule.ID}, nil, &explained, &stderr); code != 0 || !strings.Contains(explained.String(), rule.Title) || !strings.Contains(explained.String(), rule.Fix) {
			t.Errorf("exit code %d: %s", code, explained.String())
		}
	}
	if code := Run([]string{"rules", "no-such-rule"}, nil, &stdout, &stderr); code != 2 || !strings.Contains(stderr.String(), `"no-such-rule"`) {
		t.Errorf("exit code %d: %s", code, stderr.String())
	}
}

// TestPolicyYAML reads back what is printed: it is what the library makes.
func TestPolicyYAML(t *testing.T) {
	var stdout, stderr bytes.Buffer
	if code := Run([]string{"policy", "--account", "hpc-agents", "--namespace", "agents"}, nil, &stdout, &stderr); code != 0 {
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

// TestSurveyJSON reads what a program would read.
func TestSurveyJSON(t *testing.T) {
	var stdout, stderr bytes.Buffer
	Run([]string{"survey", "-o", "json", "testdata/survey/mixed.yaml"}, nil, &stdout, &stderr)
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

// TestLongLog reads a log with a line that is longer than the limit of a message.
func TestLongLog(t *testing.T) {
	log := strings.NewReader(strings.Repeat("level=info msg=nothing\n", 1000) + strings.Repeat("x", 3*maxMessage) + "\nfailed to logon user\n" + strings.Repeat(" folded\n", maxMessage/4))
	var found causes
	if err := found.stream("log", log); err != nil {
		t.Fatal(err)
	}
	if len(found.list) != 1 || found.list[0].Line != 1002 || found.list[0].Times != 1 {
		t.Errorf("%d causes, %+v", len(found.list), found.list)
	}
}

// TestReadError: an error of reading is reported, and so is what was understood.
func TestReadError(t *testing.T) {
	for _, start := range []string{"failed to logon user\n", `{"apiVersion":"v1","kind":"Event","message":"failed to logon user"}`} {
		var stdout, stderr bytes.Buffer
		code := Run([]string{"explain", "-"}, io.MultiReader(strings.NewReader(start), iotest.ErrReader(errors.New("broken pipe"))), &stdout, &stderr)
		if code != 2 || !strings.Contains(stderr.String(), "broken pipe") || !strings.HasPrefix(stdout.String(), "failed to logon user") {
			t.Errorf("%d: %s%s", code, stdout.String(), stderr.String())
		}
	}
}

// full can't be written to.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestCannotWrite(t *testing.T) {
	for _, args := range [][]string{
		{"explain", "testdata/explain/describe.txt"}, {"explain", "-o", "json", "testdata/explain/describe.txt"},
		{"lint", "testdata/lint/agent.yaml"}, {"lint", "-o", "json", "testdata/lint/agent.yaml"}, {"lint", "-o", "sarif", "testdata/lint/agent.yaml"},
		{"lint", "-o", "github", "testdata/lint/agent.yaml"}, {"lint", "-o", "junit", "testdata/lint/agent.yaml"},
		{"survey", "testdata/survey/aks.json"}, {"survey", "-o", "json", "testdata/survey/aks.json"},
		{"paths", "testdata/paths/agent.yaml"}, {"privileges", "testdata/privileges/agents.yaml"}, {"policy", "--rules"}, {"rules"},
	} {
		var stderr bytes.Buffer
		if code := Run(args, nil, full{}, &stderr); code != 2 || !strings.Contains(stderr.String(), "disk full") {
			t.Errorf("%q: exit code %d: %s", args, code, stderr.String())
		}
	}
}

// TestHelp: each command has a description, examples and exit codes, and its flags are
// described.
func TestHelp(t *testing.T) {
	for _, command := range newRoot(streams{}).Commands() {
		name := command.Name()
		if name == "completion" || name == "help" {
			continue
		}
		var stdout bytes.Buffer
		if code := Run([]string{name, "--help"}, nil, &stdout, io.Discard); code != 0 {
			t.Errorf("%s --help: exit code %d", name, code)
		}
		for _, word := range []string{"Exit codes:", "Examples:", "kubectl hostprocess " + name, "Flags:"} {
			if !strings.Contains(stdout.String(), word) {
				t.Errorf("%s --help lacks %q", name, word)
			}
		}
	}
}

func TestVersionAndCompletion(t *testing.T) {
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"--version"}, "kubectl-hostprocess "},
		{[]string{"completion", "bash"}, "kubectl-hostprocess"},
		{[]string{cobra.ShellCompRequestCmd, "lint", "--disable", "host-n"}, "host-network"},
		{[]string{cobra.ShellCompRequestCmd, "rules", "host-n"}, "host-network"},
		{[]string{cobra.ShellCompRequestCmd, "lint", "--output", ""}, "sarif"},
	} {
		var stdout, stderr bytes.Buffer
		if code := Run(c.args, nil, &stdout, &stderr); code != 0 || !strings.Contains(stdout.String(), c.want) {
			t.Errorf("%q: exit code %d: %.500s%s", c.args, code, stdout.String(), stderr.String())
		}
	}
	if code := Run([]string{"lnit"}, nil, io.Discard, io.Discard); code != 2 {
		t.Errorf("an unknown command: exit code %d", code)
	}
}
