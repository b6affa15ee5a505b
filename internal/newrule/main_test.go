// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"encoding/json"
	"go/format"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const top = "../.."

// TestNewRule begins a rule in a copy of the module, sees that what fails then is
// what a person has to write, writes it, and sees that nothing fails.
func TestNewRule(t *testing.T) {
	copied := copyModule(t)
	var out, stderr strings.Builder
	args := []string{"-id", "scheduler-name-example", "-layer", "silent", "-in", "pod"}
	if code := run(args, copied, &out, &stderr); code != 0 {
		t.Fatalf("exit code %d: %s", code, stderr.String())
	}
	goCommand(t, copied, "vet", "./validate")
	if text := goCommand(t, copied, "fmt", "./validate"); text != "" {
		t.Errorf("what it writes isn't formatted: %s", text)
	}
	want := []string{
		"TestEveryRule", // of package policy
		"TestEveryRuleIsWhole",
		"TestFixtures",
		"TestFixtures/scheduler-name-example/fail-one.yaml",
		"TestFixtures/scheduler-name-example/fail-two.yaml",
		"TestRulesPage",
	}
	if diff := cmp.Diff(want, failures(t, copied)); diff != "" {
		t.Errorf("tests that fail before the rule is written (-want +got):\n%s", diff)
	}

	replace(t, filepath.Join(copied, "validate/rule_scheduler_name_example.go"),
		`Title:    ""`, `Title:    "an example"`,
		"``", "`It is there for a test.`",
		`[]string{}`, `[]string{jobSource}`,
		`Fix:      ""`, `Fix:      "remove schedulerName"`,
		"// schedulerNameExample:", "// schedulerNameExample: a rule of a test.",
		"func(_ pod) []problem {\n\t\treturn nil", `func(p pod) []problem {
		if p.spec.SchedulerName == "example" {
			return []problem{{field: "schedulerName", message: "is the example"}}
		}
		return nil`)
	for _, fixture := range []string{"fail-one.yaml", "fail-two.yaml"} {
		replace(t, filepath.Join(copied, "validate/testdata/scheduler-name-example", fixture),
			"FIELD", "spec.schedulerName", "spec:\n", "spec:\n  schedulerName: example\n")
	}
	replace(t, filepath.Join(copied, "validate/policy/gaps.go"), `"runtime-class", `, `"runtime-class", "scheduler-name-example", `)
	goCommand(t, copied, "test", "./validate", "-run", "TestRulesPage", "-update")
	if got := failures(t, copied); got != nil {
		t.Errorf("tests that fail although the rule is written: %q", got)
	}
}

func TestRefused(t *testing.T) {
	for _, args := range []string{
		"",
		"-id Mount-Example -layer silent -in mount",
		"-id mount -layer silent -in mount",
		"-id mount-below-hpc -layer silent -in mount", // there is one
		"-id mount-example -layer loud -in mount",
		"-id mount-example -layer silent -in mounts",
		"-id ../../example-a -layer silent -in mount",
	} {
		var stdout, stderr strings.Builder
		if code := run(strings.Fields(args), top, &stdout, &stderr); code != 1 || stderr.Len() == 0 || stdout.Len() != 0 {
			t.Errorf("%q: exit code %d, %s%s", args, code, stdout.String(), stderr.String())
		}
	}
	if got, err := os.Stat(top + "/validate/rule_mount_example.go"); err == nil {
		t.Errorf("a refused rule left %s", got.Name())
	}
}

// TestEveryList begins a rule in each list of the catalogue.
func TestEveryList(t *testing.T) {
	rules, err := os.ReadFile(filepath.Join(top, catalogue))
	if err != nil {
		t.Fatal(err)
	}
	lists := regexp.MustCompile(`(?m)^\t(\w+)Rules = `).FindAllStringSubmatch(string(rules), -1)
	if len(lists) < 10 {
		t.Fatalf("only %d lists in %s", len(lists), catalogue)
	}
	for _, list := range lists {
		r := newRule{id: "zzz-example", layer: "node", list: list[1], unverified: true}
		files, err := r.files(top)
		if err != nil {
			t.Errorf("%s: %v", list[1], err)
			continue
		}
		if formatted, err := format.Source([]byte(files[0].text)); err != nil || string(formatted) != files[0].text {
			t.Errorf("%s: %v in\n%s", list[1], err, files[0].text)
		}
		if !strings.Contains(files[len(files)-1].text, "&zzzExample,\n") {
			t.Errorf("%s: not in the catalogue", list[1])
		}
	}
}

// copyModule copies what the tests of the validator need of the module.
func copyModule(t *testing.T) string {
	t.Helper()
	copied := t.TempDir()
	for _, name := range []string{"go.mod", "go.sum", "accounts", "volumes", "validate", "hostprocess", "internal/cmdline", "internal/winpath", "internal/podgen"} {
		err := filepath.WalkDir(filepath.Join(top, name), func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			to, err := filepath.Rel(top, path)
			if err != nil {
				return err
			}
			to = filepath.Join(copied, to)
			text, err := os.ReadFile(path)
			if err == nil {
				err = os.MkdirAll(filepath.Dir(to), 0o755)
			}
			if err == nil {
				err = os.WriteFile(to, text, 0o644)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return copied
}

// failures lists the tests of the validator that fail, in order.
func failures(t *testing.T, folder string) []string {
	t.Helper()
	command := exec.Command("go", "test", "-json", "./validate", "./validate/policy")
	command.Dir = folder
	out, err := command.Output()
	var failed []string
	for decoder := json.NewDecoder(bytes.NewReader(out)); decoder.More(); {
		var event struct{ Action, Test, Output string }
		if err := decoder.Decode(&event); err != nil {
			t.Fatalf("%v in\n%s", err, out)
		}
		if event.Action == "build-fail" {
			t.Fatalf("it doesn't build:\n%s", out)
		}
		if event.Action == "fail" && event.Test != "" {
			failed = append(failed, event.Test)
		}
	}
	if err != nil && failed == nil {
		t.Fatalf("%v\n%s", err, out)
	}
	slices.Sort(failed)
	return failed
}

// goCommand runs the go command, which must succeed, and returns its output.
func goCommand(t *testing.T, folder string, args ...string) string {
	t.Helper()
	command := exec.Command("go", args...)
	command.Dir = folder
	out, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

// replace replaces pairs of texts, each of which is there.
func replace(t *testing.T, file string, pairs ...string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(pairs); i += 2 {
		if !bytes.Contains(text, []byte(pairs[i])) {
			t.Fatalf("%s doesn't hold %q:\n%s", file, pairs[i], text)
		}
		text = bytes.Replace(text, []byte(pairs[i]), []byte(pairs[i+1]), 1)
	}
	if err := os.WriteFile(file, text, 0o644); err != nil {
		t.Fatal(err)
	}
}
