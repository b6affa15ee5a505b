// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package cmd

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"

	"github.com/hostprocess-go/sdk/accounts"
	"github.com/hostprocess-go/sdk/hostprocess/task"
)

func TestRun(t *testing.T) {
	golden(t, "run", "ask.ps1", []goldenCase{
		{Name: "help", Args: []string{"run", "-h"}},
		{Name: "program", Args: []string{"run", "win-3", "--dry-run", "--", "ipconfig", "/all"}},
		{Name: "path", Args: []string{"run", "win-3", "--dry-run", "-n", "ops", "--run-as", `NT AUTHORITY\SYSTEM`, "--timeout", "2h", "--image", "registry.example.com/tools:1", "--", `C:\k\collect-logs.exe`, "-out", `C:\k\logs 1`}},
		{Name: "no-node", Args: []string{"run", "--", "ipconfig"}, Code: 2},
		{Name: "no-command", Args: []string{"run", "win-3"}, Code: 2},
		{Name: "no-dashes", Args: []string{"run", "win-3", "ipconfig"}, Code: 2},
		{Name: "two-commands", Args: []string{"run", "win-3", "--powershell", "hostname", "--", "ipconfig"}, Code: 2},
		{Name: "two-scripts", Args: []string{"run", "win-3", "--powershell", "hostname", "--script", "ask.ps1"}, Code: 2},
		{Name: "no-script", Args: []string{"run", "win-3", "--script", "missing.ps1"}, Code: 2},
		{Name: "not-utf-8", Args: []string{"run", "win-3", "--script", "utf-16.ps1"}, Code: 2},
		{Name: "empty-script", Args: []string{"run", "win-3", "--script", os.DevNull}, Code: 2},
		{Name: "no-such-account", Args: []string{"run", "win-3", "--run-as", "System", "--", "ipconfig"}, Code: 2},
		{Name: "mistakes", Args: []string{"run", "Win_3", "--image", "", "--", "a.cmd"}, Code: 2},
		{Name: "timeout", Args: []string{"run", "win-3", "--timeout", "1500ms", "--", "ipconfig"}, Code: 2},
		{Name: "limit", Args: []string{"run", "win-3", "--limit-bytes", "-1", "--", "ipconfig"}, Code: 2},
	})
}

// TestRunScript: a script is the same, wherever it is from.
func TestRunScript(t *testing.T) {
	const script = "Get-Service containerd\nexit 3\n"
	file := filepath.Join(t.TempDir(), "a.ps1")
	if err := os.WriteFile(file, []byte("\ufeff"+script), 0o600); err != nil {
		t.Fatal(err)
	}
	want, err := task.New("win-3", accounts.LocalService, task.PowerShell(script)).
		Pod(metav1.ObjectMeta{GenerateName: "hostprocess-run-", Labels: map[string]string{managedBy: manager}})
	if err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"--powershell", script}, {"--script", file}, {"--script", "-"}} {
		var stdout, stderr bytes.Buffer
		if code := Run(append([]string{"run", "win-3", "--dry-run"}, args...), strings.NewReader(script), &stdout, &stderr); code != 0 {
			t.Fatalf("%q: exit code %d: %s", args, code, stderr.String())
		}
		var pod corev1.Pod
		if err := yaml.UnmarshalStrict(stdout.Bytes(), &pod); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(*want, pod, cmpopts.IgnoreFields(corev1.Pod{}, "TypeMeta")); diff != "" {
			t.Errorf("%q (-library +printed):\n%s", args, diff)
		}
	}
}
