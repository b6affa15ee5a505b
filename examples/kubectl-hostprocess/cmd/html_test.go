// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package cmd

import (
	"bytes"
	"encoding/json"
	"errors"
	"html"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

// sources matches the inputs and the places of findings.
var sources = regexp.MustCompile(`cluster\.yaml(:\d+)?|&lt;stdin&gt;:\d+|standard input`)

func TestReport(t *testing.T) {
	golden(t, "report", "cluster.yaml", []goldenCase{
		{Name: "cluster", Args: []string{"report", "--date", "2026-11-30", "--to", "2.3.4", "cluster.yaml"}},
		{Name: "help", Args: []string{"report", "-h"}},
		{Name: "no-nodes", Args: []string{"report", "--to", "2.3.4", "../diff/agent.yaml"}, Code: 2},
		{Name: "part-of-a-version", Args: []string{"report", "--to", "2.3", "cluster.yaml"}, Code: 2},
		{Name: "no-such-runtime", Args: []string{"report", "--containerd", "1.x", "cluster.yaml"}, Code: 2},
		{Name: "no-such-kubernetes", Args: []string{"report", "--kubernetes", "x", "cluster.yaml"}, Code: 2},
		{Name: "no-such-target", Args: []string{"report", "--to", "x", "cluster.yaml"}, Code: 2},
		{Name: "kubernetes-alone", Args: []string{"report", "--to-kubernetes", "1.38", "cluster.yaml"}, Code: 2},
		{Name: "no-such-day", Args: []string{"report", "--date", "tomorrow", "cluster.yaml"}, Code: 2},
		{Name: "no-such-rule", Args: []string{"report", "--disable", "no-such-rule", "cluster.yaml"}, Code: 2},
	})
}

// TestReportOrder: the page doesn't depend on the order or the kind of the input.
func TestReportOrder(t *testing.T) {
	text, err := os.ReadFile("testdata/report/cluster.yaml")
	if err != nil {
		t.Fatal(err)
	}
	documents := strings.Split(string(text), "\n---\n")
	t.Chdir(t.TempDir())
	page := func(name string) string {
		text := strings.Join(documents, "\n---\n")
		if err := os.WriteFile("cluster.yaml", []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		var stdout, stderr bytes.Buffer
		if code := Run([]string{"report", "--date", "2026-11-30", "--to", "2.3.4", "--fail-on", "error", "-f", name}, strings.NewReader(text), &stdout, &stderr); code != 1 {
			t.Fatalf("exit code %d: %s", code, stderr.String())
		}
		return sources.ReplaceAllString(stdout.String(), "")
	}
	want := page("cluster.yaml")
	slices.Reverse(documents)
	for _, name := range []string{"cluster.yaml", "-"} {
		if diff := cmp.Diff(want, page(name)); diff != "" {
			t.Errorf("another page for the reverse order from %s:\n%s", name, diff)
		}
	}
}

// TestReportAgrees: the page contains the output of the other commands.
func TestReportAgrees(t *testing.T) {
	t.Chdir("testdata/report")
	run := func(args ...string) string {
		var stdout, stderr bytes.Buffer
		if code := Run(args, nil, &stdout, &stderr); code > 1 {
			t.Fatalf("%q: exit code %d: %s", args, code, stderr.String())
		}
		return stdout.String()
	}
	text := html.UnescapeString(regexp.MustCompile(`<[^>]*>`).ReplaceAllString(run("report", "cluster.yaml", "--containerd", "1.6.8", "--to", "2.3"), ""))
	rows := 0
	for _, c := range []struct {
		args   []string
		fields []string
	}{
		{[]string{"lint", "--containerd", "1.6.8"}, []string{"rule", "field", "message", "fix"}},
		{[]string{"conflicts"}, []string{"what", "message", "fix"}},
		{[]string{"privileges", "--containerd", "1.6.8"}, []string{"name", "container", "runAsUserName", "accountField", "image", "podSecurity"}},
		{[]string{"diff", "--from", "1.6.8", "--to", "2.3"}, []string{"rule", "field", "message"}},
	} {
		for line := range strings.Lines(run(append(c.args, "-o", "json", "cluster.yaml")...)) {
			rows++
			var printed map[string]any
			if err := json.Unmarshal([]byte(line), &printed); err != nil {
				t.Fatal(err)
			}
			for _, field := range c.fields {
				if value, _ := printed[field].(string); value == "" || !strings.Contains(text, value) {
					t.Errorf("%s: the page has no %s %q", c.args[0], field, value)
				}
			}
		}
	}
	if rows < 7 {
		t.Errorf("only %d rows were compared", rows)
	}
}

// TestReportFile: the file is overwritten only if there is a page.
func TestReportFile(t *testing.T) {
	cluster, err := filepath.Abs("testdata/report/cluster.yaml")
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	report := func(args ...string) (code int, page, stderr string) {
		var stdout, errors bytes.Buffer
		code = Run(append([]string{"report", "-o", "page.html"}, args...), nil, &stdout, &errors)
		text, err := os.ReadFile("page.html")
		if err != nil || stdout.Len() > 0 {
			t.Fatalf("%v; standard output: %s", err, stdout.String())
		}
		return code, string(text), errors.String()
	}
	if err := os.WriteFile("page.html", []byte(strings.Repeat("old", 1<<20)), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, page, _ := report("--to", "2.3", cluster); code != 2 || !strings.HasPrefix(page, "old") {
		t.Errorf("exit code %d; the file is %.100s", code, page)
	}
	if code, page, stderr := report("missing.yaml", cluster); code != 2 || !strings.HasPrefix(page, "<!DOCTYPE html>") || !strings.HasSuffix(page, "</html>\n") || !strings.Contains(page, "This report is incomplete") || strings.Count(stderr, "missing.yaml") != 1 {
		t.Errorf("exit code %d: %s; the file is %.100s", code, stderr, page)
	}
	var stdout, stderr bytes.Buffer
	if code := Run([]string{"report", "-o", filepath.Join("missing", "page.html"), cluster}, nil, &stdout, &stderr); code != 2 || !strings.Contains(stderr.String(), "page.html") {
		t.Errorf("a folder that isn't there: exit code %d: %s", code, stderr.String())
	}
}

// TestReportOfBrokenInput: the page contains the input before an error.
func TestReportOfBrokenInput(t *testing.T) {
	text, err := os.ReadFile("testdata/report/cluster.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var stdout, stderr bytes.Buffer
	code := Run([]string{"report", "-f", "-"}, io.MultiReader(bytes.NewReader(text), iotest.ErrReader(errors.New("broken pipe"))), &stdout, &stderr)
	if code != 2 || strings.Count(stderr.String(), "broken pipe") != 1 || !strings.Contains(stdout.String(), "broken pipe") || !strings.Contains(stdout.String(), "DaemonSet agents/agent") {
		t.Errorf("exit code %d: %s\n%s", code, stderr.String(), stdout.String())
	}
}

// TestReportOfCluster: pods are checked for their nodes, and counted once with their owner.
func TestReportOfCluster(t *testing.T) {
	server := small()
	server.maximum = 2
	var stdout, stderr bytes.Buffer
	if code := Run([]string{"report", "--to", "2.3.4", "--kubeconfig", server.start(t)}, nil, &stdout, &stderr); code != 0 {
		t.Errorf("exit code %d: %s", code, stderr.String())
	}
	for _, want := range []string{
		`Mode bind: 1 node`, `Mode symlink16: 1 node`, `1 more pod of DaemonSet agents/agent`, `of 3 containers run as LocalSystem`,
		`<code>namespace-pod-security-enforce</code>`, `The upgrade causes 0 findings and resolves 2.`, `the cluster http://127.0.0.1:`,
	} {
		if !strings.Contains(stdout.String(), want) {
			t.Errorf("%q is missing", want)
		}
	}
	if t.Failed() {
		t.Log(stdout.String())
	}
	delete(server.lists, "/api/v1/nodes")
	stdout.Reset()
	if code := Run([]string{"report", "--kubeconfig", server.start(t)}, nil, &stdout, &stderr); code != 2 || !strings.Contains(stdout.String(), "<li>/api/v1/nodes: /api/v1/nodes is forbidden") {
		t.Errorf("without the nodes: exit code %d: %s", code, stderr.String())
	}
	stdout.Reset()
	if code := Run([]string{"report", "--kubeconfig", "testdata/none"}, nil, &stdout, &stderr); code != 2 || stdout.Len() > 0 {
		t.Errorf("without a cluster: exit code %d: %s", code, stdout.String())
	}
}
