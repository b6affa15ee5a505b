// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

//go:build !windows

package agent_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hostprocess-go/sdk/volumes"
)

// buildAgent builds testdata/agent, as it is shipped, for an operating system.
func buildAgent(t *testing.T, goos string) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "agent.exe")
	build := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", program, "./testdata/agent")
	build.Env = append(os.Environ(), "GOOS="+goos, "GOARCH=amd64", "CGO_ENABLED=0", "GOFLAGS=")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return program
}

// TestAgentIsSmall measures a program that imports only this package.
func TestAgentIsSmall(t *testing.T) {
	const most = 3 << 20
	for _, goos := range []string{"windows", "linux"} {
		info, err := os.Stat(buildAgent(t, goos))
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%s: %d bytes", goos, info.Size())
		if info.Size() > most {
			t.Errorf("%s: the program has %d bytes, more than %d", goos, info.Size(), most)
		}
	}
}

// TestAgent runs the same program in a container of each mode and in an ordinary
// one.
func TestAgent(t *testing.T) {
	program := filepath.Join(t.TempDir(), "agent")
	if out, err := exec.Command("go", "build", "-o", program, "./testdata/agent").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	const want = "config:     from: the mount\n" +
		"image:      from: the image\n" +
		"API server: https://10.96.0.1:443 in kube-system\n" +
		"token:      " + token +
		"kubelet:    unix:///C:/var/lib/kubelet/device-plugins/kubelet.sock\n"
	for _, mode := range everyMode {
		n := newNode(t, mode)
		n.mount("/var/lib/kube-proxy", map[string]string{"kubeconfig.conf": kubeProxy})
		n.write(n.destination(volumes.DefaultTerminationLog), "")
		dir := t.TempDir()
		kubeconfigs := []string{filepath.Join(dir, "own"), filepath.Join(dir, "mounted")}
		agent := exec.Command(program, append([]string{n.dir}, kubeconfigs...)...)
		agent.Env = []string{"KUBERNETES_SERVICE_HOST=10.96.0.1", "KUBERNETES_SERVICE_PORT=443"}
		if mode != volumes.ModeUnknown {
			agent.Env = append(agent.Env, volumes.SandboxVariable+"="+mode.Root(id)+`\`)
		}
		out, err := agent.CombinedOutput()
		if err != nil {
			t.Errorf("%s: %v", mode, err)
		}
		if diff := cmp.Diff(want, string(out)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", mode, diff)
		}
		tokenFile := filepath.Join(n.destination(volumes.ServiceAccountDir), "token")
		for _, kubeconfig := range kubeconfigs {
			if text, err := os.ReadFile(kubeconfig); err != nil || !strings.Contains(string(text), tokenFile) {
				t.Errorf("%s: kubeconfig %q, %v", mode, text, err)
			}
		}
		if text, err := os.ReadFile(n.destination(volumes.DefaultTerminationLog)); err != nil || string(text) != "done" {
			t.Errorf("%s: termination message %q, %v", mode, text, err)
		}
	}
}

// TestStandardLibraryOnly checks the dependencies of the package.
func TestStandardLibraryOnly(t *testing.T) {
	list := exec.Command("go", "list", "-deps", "-f", "{{if not .Standard}}{{.ImportPath}}{{end}}", ".")
	list.Env = append(os.Environ(), "GOOS=windows", "GOFLAGS=")
	out, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"github.com/hostprocess-go/sdk/internal/quote",
		"github.com/hostprocess-go/sdk/internal/winpath",
		"github.com/hostprocess-go/sdk/internal/cmdline",
		"github.com/hostprocess-go/sdk/volumes",
		"github.com/hostprocess-go/sdk/hostprocess/agent",
	}
	if diff := cmp.Diff(want, strings.Fields(string(out))); diff != "" {
		t.Errorf("packages that aren't of the standard library (-want +got):\n%s", diff)
	}
}
