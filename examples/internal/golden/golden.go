// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

// Package golden compares what the examples print with what was recorded.
package golden

import (
	"bytes"
	"flag"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the recorded output anew")

// A Program is an example without its main function.
type Program func(args []string, stdin io.Reader, stdout, stderr io.Writer) int

// Run calls a program, which must return the exit code, and compares what it
// prints with testdata/<name>.golden. Its standard input is a file. Arguments that
// start with testdata/missing are files that aren't there.
func Run(t *testing.T, name string, program Program, stdin string, args []string, code int) {
	t.Run(name, func(t *testing.T) {
		in, err := os.Open(stdin)
		if err != nil {
			t.Fatal(err)
		}
		defer in.Close()
		var stdout, stderr bytes.Buffer
		if got := program(args, in, &stdout, &stderr); got != code {
			t.Errorf("exit code %d, want %d; stderr:\n%s", got, code, stderr.String())
		}
		check(t, "testdata/"+name+".golden", anyOS(args, stdout.String()+"-- stderr --\n"+stderr.String()))
	})
}

// anyOS writes what Windows says of missing files, and the paths of files in a
// folder, as other systems do.
func anyOS(args []string, output string) string {
	for _, file := range args {
		if strings.HasPrefix(file, "testdata/missing") {
			_, open := os.Open(file)
			_, lstat := os.Lstat(file)
			output = strings.NewReplacer(
				open.Error(), "open "+file+": no such file or directory",
				lstat.Error(), "lstat "+file+": no such file or directory",
			).Replace(output)
		}
	}
	return strings.NewReplacer(`testdata\cluster\`, "testdata/cluster/", `testdata\`, "testdata/").Replace(output)
}

func check(t *testing.T, file, got string) {
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v: run this test with -update", err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("output differs from %s (-want +got), see -update:\n%s", file, diff)
	}
}
