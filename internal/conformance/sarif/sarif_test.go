// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package sarif

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/hostprocess-go/sdk/validate"
)

// lint returns what kubectl hostprocess lint prints. It is run at the top of the project,
// and fails when it reports findings, as it should.
func lint(t *testing.T, format string, args ...string) []byte {
	t.Helper()
	cmd := exec.Command(program(t), append([]string{"lint", "-o", format}, args...)...)
	cmd.Dir = "../../.."
	out, err := cmd.Output()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) || len(out) == 0 {
		t.Fatalf("%v: %v", cmd, err)
	}
	return out
}

// program builds kubectl-hostprocess and returns its path.
func program(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "kubectl-hostprocess.exe")
	cmd := exec.Command("go", "build", "-C", "../../../examples/kubectl-hostprocess", "-o", path, ".")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %v\n%s", cmd, err, out)
	}
	return path
}

// published is the schema of SARIF 2.1.0 with its errata, byte for byte:
// https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json
//
//go:embed testdata/sarif-schema-2.1.0.json
var published []byte

const publishedSum = "c3b4bb2d6093897483348925aaa73af03b3e3f4bd4ca38cef26dcb4212a2682e"

func schema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	if sum := fmt.Sprintf("%x", sha256.Sum256(published)); sum != publishedSum {
		t.Fatalf("the schema was changed: its SHA-256 is %s", sum)
	}
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(published))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	if err := compiler.AddResource("sarif.json", document); err != nil {
		t.Fatal(err)
	}
	compiled, err := compiler.Compile("sarif.json")
	if err != nil {
		t.Fatal(err)
	}
	return compiled
}

// log is the part of a SARIF log that the tests below check.
type log struct {
	Schema string `json:"$schema"`
	Runs   []struct {
		Tool struct {
			Driver struct {
				Rules []struct {
					ID      string
					HelpURI string
					Help    struct{ Text, Markdown string }
				}
			}
		}
		Results []struct {
			RuleID    string
			RuleIndex int
			Message   struct{ Text string }
			Fixes     []struct{ Description struct{ Text string } }
		}
	}
}

// testdata is that of the program.
const testdata = "examples/kubectl-hostprocess/cmd/testdata/lint/"

// TestSchema lints every fixture of every rule, and manifests that can't be read.
func TestSchema(t *testing.T) {
	schema := schema(t)
	for name, args := range map[string][]string{
		"nothing found":   {"-f", testdata + "good.yaml"},
		"every fixture":   {"-R", "-f", "validate/testdata", "-f", testdata, "-f", testdata + "missing.yaml"},
		"judged by nodes": {"--nodes", testdata + "cluster/nodes.json", "-f", testdata + "cluster/pods.json"},
	} {
		t.Run(name, func(t *testing.T) {
			out := lint(t, "sarif", args...)
			document, err := jsonschema.UnmarshalJSON(bytes.NewReader(out))
			if err != nil {
				t.Fatal(err)
			}
			if err := schema.Validate(document); err != nil {
				t.Errorf("%#v", err)
			}
			var l log
			if err := json.Unmarshal(out, &l); err != nil {
				t.Fatal(err)
			}
			results, rules := l.Runs[0].Results, l.Runs[0].Tool.Driver.Rules
			fixes := 0
			for _, r := range results {
				fixes += len(r.Fixes)
				if rules[r.RuleIndex].ID != r.RuleID || !strings.Contains(r.Message.Text, ". Fix: ") {
					t.Errorf("%+v is of the rule %+v", r, rules[r.RuleIndex])
				}
			}
			for _, r := range rules {
				if !strings.Contains(r.Help.Text, "To fix it, ") || !strings.Contains(r.Help.Markdown, "To fix it, ") || inCatalogue(r.ID) != strings.HasSuffix(r.HelpURI, "#"+r.ID) {
					t.Errorf("%+v doesn't help", r)
				}
			}
			if name == "nothing found" {
				if len(results) != 0 {
					t.Errorf("%d results", len(results))
				}
				return
			}
			if lines := bytes.Count(lint(t, "json", args...), []byte("\n")); lines != len(results) {
				t.Errorf("%d results, and %d lines of JSON", len(results), lines)
			}
			if name == "every fixture" && (len(results) < 100 || len(rules) < 60 || fixes < 60) {
				t.Errorf("only %d results of %d rules, with %d fixes", len(results), len(rules), fixes)
			}
		})
	}
}

// inCatalogue reports whether RULES.md describes a rule; lint has a few of its own about
// manifests, which have nothing to link to.
func inCatalogue(id string) bool {
	return slices.ContainsFunc(validate.Rules(), func(r validate.Rule) bool { return string(r.ID) == id })
}

// TestSchemaRefuses: the schema accepts valid documents and rejects invalid ones.
func TestSchemaRefuses(t *testing.T) {
	schema := schema(t)
	for text, want := range map[string]bool{
		`{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"a"}},"results":[]}]}`:                                                                        true,
		`{"version":"2.0.0","runs":[]}`:                                                                                                                     false,
		`{"version":"2.1.0","runs":[{"results":[]}]}`:                                                                                                       false,
		`{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"a"}},"results":[{"ruleId":"a"}]}]}`:                                                          false,
		`{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"a"}},"results":[{"message":{"text":"a"},"level":"info"}]}]}`:                                 false,
		`{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"a","informationUri":"not a URI"}}}]}`:                                                        false,
		`{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"a"}},"results":[{"message":{"text":"a"},"fixes":[{"description":{"text":"no change"}}]}]}]}`: false,
	} {
		document, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(document); (err == nil) != want {
			t.Errorf("%s: %v", text, err)
		}
	}
}
