// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

//go:build windows

package cmdline

import (
	"encoding/json"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"unsafe"
)

// helper is the variable that makes the test program print its arguments.
const helper = "CMDLINE_TEST_PRINT"

func TestMain(m *testing.M) {
	if os.Getenv(helper) != "" {
		_ = json.NewEncoder(os.Stdout).Encode(os.Args)
		return
	}
	os.Exit(m.Run())
}

// The machine's own cmd starts the program with what Encode wrote.
func TestAgainstCmd(t *testing.T) {
	program := installHelper(t)
	r := rand.New(rand.NewPCG(3, 4))
	for tried := 0; tried < 40; {
		args := make([]string, 1+r.IntN(4))
		for i := range args {
			args[i] = randomWord(r)
		}
		words, err := Encode(program, args, Nodes{Shell: true})
		if err != nil {
			continue
		}
		tried++
		line := Substitute(Join(words), `C:\hpc`)
		want := []string{program}
		for _, arg := range args {
			want = append(want, Substitute(arg, `C:\hpc`))
		}
		if got := runWithCmd(t, line); !slices.Equal(got, want) {
			t.Errorf("cmd /c %s\nstarted %q\nwant    %q", line, got, want)
		}
		if got := commandLineToArgv(t, Join(append([]string{program}, args...))); !slices.Equal(got, append([]string{program}, args...)) {
			t.Errorf("CommandLineToArgvW: %q, want %q", got, args)
		}
	}
}

// installHelper copies the test program to a path that needs no quotes.
func installHelper(t *testing.T) string {
	self, err := os.ReadFile(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	folder, err := os.MkdirTemp(`C:\`, "cmdline")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	program := filepath.Join(folder, "print.exe")
	if err := os.WriteFile(program, self, 0o755); err != nil {
		t.Fatal(err)
	}
	return program
}

func runWithCmd(t *testing.T, line string) (args []string) {
	command := exec.Command(filepath.Join(os.Getenv("SystemRoot"), "System32", "cmd.exe"))
	command.Env = append(os.Environ(), helper+"=1")
	command.SysProcAttr = &syscall.SysProcAttr{CmdLine: shell + line}
	out, err := command.Output()
	if err == nil {
		err = json.Unmarshal(out, &args)
	}
	if err != nil {
		t.Fatalf("cmd /c %s: %v\n%s", line, err, out)
	}
	return args
}

func commandLineToArgv(t *testing.T, line string) (args []string) {
	text, err := syscall.UTF16PtrFromString(line)
	if err != nil {
		t.Fatal(err)
	}
	var count int32
	list, err := syscall.CommandLineToArgv(text, &count)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _, _ = syscall.LocalFree(syscall.Handle(unsafe.Pointer(list))) }()
	for _, arg := range list[:count] {
		n := slices.Index(arg[:], 0)
		args = append(args, syscall.UTF16ToString(arg[:n]))
	}
	return args
}
