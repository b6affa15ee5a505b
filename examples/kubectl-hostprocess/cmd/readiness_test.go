// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package cmd

import (
	"bytes"
	"encoding/xml"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"
)

// readinessArgs are the arguments of windows-operational-readiness, except for the values:
// https://github.com/kubernetes-sigs/windows-operational-readiness/blob/17e9dbf49c38039a48879d4f6349ebb2f479f7ef/pkg/testcases/cases.go#L83-L127
func readinessArgs(kubeconfig, dir, focus string) []string {
	return []string{
		"--provider", "local", "--kubeconfig", kubeconfig, "--report-dir", dir, "--report-prefix", "11",
		"--node-os-distro", "windows", "--non-blocking-taints", "os,node-role.kubernetes.io/master,node-role.kubernetes.io/control-plane",
		"--ginkgo.flakeAttempts", "1", "--ginkgo.v", "--ginkgo.trace", "--ginkgo.focus", focus, "--ginkgo.skip", "",
	}
}

// TestReadiness: the exit code and the report are as that project expects.
func TestReadiness(t *testing.T) {
	for want, answer := range map[string]string{"passed": rootAnswer, "failed": "Exception"} {
		s := &probeServer{t: t, node: bindNode(), namespace: "agents", answers: map[string][]corev1.PodStatus{"container-root": answered(answer)}}
		dir := t.TempDir()
		t.Setenv("HOSTPROCESS_NODE", "win-3")
		var stdout, stderr bytes.Buffer
		code := RunReadiness(readinessArgs(kubeconfig(t, serve(t, s)), dir, "HostProcess probe container-root$"), &stdout, &stderr)
		if (code == 0) != (want == "passed") || len(s.log) != 2 {
			t.Errorf("%s: exit code %d, %q: %s%s", want, code, s.log, stdout.String(), stderr.String())
		}
		data, err := os.ReadFile(filepath.Join(dir, "junit_1101.xml"))
		if err != nil {
			t.Fatal(err)
		}
		// What the project reads, with its types.
		var report struct {
			XMLName xml.Name `xml:"testsuites"`
			Suites  []struct {
				Time      string `xml:"time,attr"`
				TestCases []struct {
					Name    string `xml:"name,attr"`
					Time    string `xml:"time,attr"`
					Status  string `xml:"status,attr"`
					Failure []struct {
						Message string `xml:"message,attr"`
					} `xml:"failure"`
				} `xml:"testcase"`
			} `xml:"testsuite"`
		}
		if err := xml.Unmarshal(data, &report); err != nil || len(report.Suites) != 1 || len(report.Suites[0].TestCases) != 1 {
			t.Fatalf("%v: %s", err, data)
		}
		c := report.Suites[0].TestCases[0]
		if c.Status != want || c.Time == "" || c.Name != "[It] [sig-windows] HostProcess probe container-root" {
			t.Errorf("%+v", c)
		}
		if want == "failed" && (len(c.Failure) != 1 || !strings.Contains(c.Failure[0].Message, "Exception")) {
			t.Errorf("%+v", c)
		}
	}
}

// TestReadinessChanges: a case that didn't run fails.
func TestReadinessChanges(t *testing.T) {
	s := &probeServer{t: t, node: bindNode(), namespace: "agents"}
	t.Setenv("HOSTPROCESS_NODE", "win-3")
	var stdout, stderr bytes.Buffer
	if code := RunReadiness(readinessArgs(kubeconfig(t, serve(t, s)), "", "HostProcess probe local-group$"), &stdout, &stderr); code != 1 || len(s.log) > 0 || !strings.Contains(stderr.String(), "HOSTPROCESS_ALLOW_CHANGES") {
		t.Errorf("exit code %d, %q: %s", code, s.log, stderr.String())
	}
}

func TestReadinessRefuses(t *testing.T) {
	t.Setenv("HOSTPROCESS_NODE", "")
	for want, args := range map[string][]string{
		"HOSTPROCESS_NODE":                readinessArgs("", "", "container-root"),
		"no probe matches":                readinessArgs("", "", "should run as a process"),
		"missing closing )":               readinessArgs("", "", "("),
		"flag provided but not defined: ": {"--ginkgo.junit"},
	} {
		var stdout, stderr bytes.Buffer
		if code := RunReadiness(args, &stdout, &stderr); code != 1 || !strings.Contains(stderr.String(), want) {
			t.Errorf("%q: exit code %d: %s", args, code, stderr.String())
		}
	}
	var stdout, stderr bytes.Buffer
	if code := RunReadiness(append(readinessArgs("", "", "container-root"), "--ginkgo.dryRun"), &stdout, &stderr); code != 0 || stdout.String() != "[sig-windows] HostProcess probe container-root\n" {
		t.Errorf("exit code %d: %s%s", code, stdout.String(), stderr.String())
	}
}

// TestReadinessSpecification decodes it as strictly as the project: each case has a
// description and a focus, and each focus matches probes.
func TestReadinessSpecification(t *testing.T) {
	data, err := os.ReadFile("../readiness/specifications/ext-hostprocess/spec.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var specification struct {
		Category  string `json:"category"`
		TestCases []struct {
			Description string   `json:"description"`
			Focus       []string `json:"focus"`
			Skip        []string `json:"skip"`
		} `json:"testCases"`
	}
	if err := yaml.UnmarshalStrict(data, &specification); err != nil {
		t.Fatal(err)
	}
	if specification.Category != "Extend.HostProcess" || len(specification.TestCases) == 0 {
		t.Errorf("%+v", specification)
	}
	for _, c := range specification.TestCases {
		if c.Description == "" || len(c.Focus) == 0 || !slices.Equal(c.Skip, []string{""}) {
			t.Errorf("%+v", c)
		}
		for _, focus := range c.Focus {
			list, err := focused(focus, "")
			if err != nil {
				t.Errorf("%s: %v", c.Description, err)
			}
			if names := strings.Count(focus, "|") + 1; len(list) != names {
				t.Errorf("%s: %q names %d probes, and matches %d", c.Description, focus, names, len(list))
			}
		}
	}
}
