// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

//go:build !windows

package install_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// An installer that uses all of package agent is small, and depends only on the standard
// library.
func TestInstallerIsSmall(t *testing.T) {
	const most = 3_500_000
	program := filepath.Join(t.TempDir(), "installer.exe")
	build := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", program, "./testdata/installer")
	build.Env = append(os.Environ(), "GOOS=windows", "GOARCH=amd64", "CGO_ENABLED=0", "GOFLAGS=")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	info, err := os.Stat(program)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d bytes", info.Size())
	if info.Size() > most {
		t.Errorf("the program has %d bytes, more than %d", info.Size(), most)
	}
	deps, err := exec.Command("go", "list", "-deps", "-f", "{{if not .Standard}}{{.ImportPath}}{{end}}", "./testdata/installer").Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range strings.Fields(string(deps)) {
		if !strings.HasPrefix(p, "github.com/hostprocess-go/sdk/") {
			t.Errorf("the program has %s in it", p)
		}
	}
}
