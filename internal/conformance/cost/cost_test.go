// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package cost

import (
	"bytes"
	"debug/buildinfo"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// kubernetes and controllerRuntime are the versions that every program here is
// built with, and ours is this checkout.
const (
	kubernetes        = "v0.37.2"
	controllerRuntime = "v0.25.2"
	ours              = "github.com/hostprocess-go/sdk"
)

// price is the cost of a program's imports.
type price struct {
	// linked are the modules in the program, but for its own.
	linked map[string]bool
	// sums are the lines of go.sum after go mod tidy.
	sums int
	// size is that of the program without symbols, in bytes.
	size int64
}

// TestCost builds one small program for each way to make a pod, each in a module of its
// own, like an importer's.
func TestCost(t *testing.T) {
	prices := map[string]price{}
	table := "| a program that imports | modules linked | lines of go.sum | size |\n| --- | --- | --- | --- |\n"
	for _, program := range []struct{ name, what string }{
		{"empty", "nothing but fmt"},
		{"agent", "package agent alone"},
		{"api", "k8s.io/api: core, apps and batch"},
		{"ours", "all four packages"},
		{"apply", "client-go's apply configurations"},
		{"controllerruntime", "controller-runtime"},
	} {
		p := measure(t, program.name)
		prices[program.name] = p
		table += fmt.Sprintf("| %s | %d | %d | %.1f MB |\n", program.what, len(p.linked), p.sums, float64(p.size)/1e6)
	}
	t.Logf("with Kubernetes %s and controller-runtime %s:\n%s", kubernetes, controllerRuntime, table)

	if !prices["ours"].linked[ours] || prices["api"].linked[ours] {
		t.Error("the program with the packages isn't built with this module, or another one is")
	}
	for module := range prices["ours"].linked {
		if module != ours && !prices["api"].linked[module] {
			t.Errorf("a program that imports the packages links %s, and one that imports k8s.io/api doesn't", module)
		}
	}
	if extra := prices["ours"].sums - prices["api"].sums; extra > 0 {
		t.Errorf("go.sum has %d lines more than with k8s.io/api", extra)
	}
	if len(prices["agent"].linked) != 1 {
		t.Errorf("package agent brings other modules: %v", prices["agent"].linked)
	}
	if prices["ours"].size > prices["api"].size*5/4 || prices["ours"].size > prices["apply"].size {
		t.Error("the packages make a program larger by more than a quarter, or larger than apply configurations do")
	}
}

// measure builds a program of testdata in a new module.
func measure(t *testing.T, name string) price {
	t.Helper()
	source, err := os.ReadFile(filepath.Join("testdata", name, "main.go"))
	if err != nil {
		t.Fatal(err)
	}
	root, err := filepath.Abs(filepath.Join("..", "..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	mod := "module importer.example.com\n\ngo 1.26.0\n\nreplace " + ours + " => " + root + "\n"
	for module, version := range map[string]string{
		ours: "v0.0.0", "k8s.io/api": kubernetes, "k8s.io/apimachinery": kubernetes, "k8s.io/client-go": kubernetes,
		"sigs.k8s.io/controller-runtime": controllerRuntime,
	} {
		mod += fmt.Sprintf("require %s %s\n", module, version) // go mod tidy takes out what isn't imported
	}
	program := filepath.Join(dir, "program")
	for file, text := range map[string]string{"main.go": string(source), "go.mod": mod} {
		if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, args := range [][]string{{"mod", "tidy"}, {"build", "-ldflags=-s -w", "-o", program}} {
		cmd := exec.Command("go", args...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=-mod=mod")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%s: %v: %v\n%s", name, cmd, err, out)
		}
	}
	info, err := buildinfo.ReadFile(program) // what go version -m prints
	if err != nil {
		t.Fatal(err)
	}
	file, err := os.Stat(program)
	if err != nil {
		t.Fatal(err)
	}
	p := price{linked: map[string]bool{}, size: file.Size()}
	for _, module := range info.Deps {
		p.linked[module.Path] = true
	}
	sums, err := os.ReadFile(filepath.Join(dir, "go.sum"))
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	p.sums = bytes.Count(sums, []byte("\n"))
	return p
}
