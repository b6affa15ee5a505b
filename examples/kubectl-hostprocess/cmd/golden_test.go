// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package cmd

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the recorded output anew")

// goldenCase is one call.
type goldenCase struct {
	Name string
	Args []string
	Code int
}

// golden runs the program in testdata/<folder>, and compares what it prints with
// <name>.golden there. Its standard input is a file of the folder, too. Arguments that
// start with missing are files that aren't there.
func golden(t *testing.T, folder, stdin string, cases []goldenCase) {
	t.Helper()
	t.Chdir(filepath.Join("testdata", folder))
	var recorded []string
	for _, c := range cases {
		recorded = append(recorded, c.Name+".golden")
		t.Run(c.Name, func(t *testing.T) {
			in, err := os.Open(stdin)
			if err != nil {
				t.Fatal(err)
			}
			defer in.Close()
			var stdout, stderr bytes.Buffer
			if got := Run(c.Args, in, &stdout, &stderr); got != c.Code {
				t.Errorf("exit code %d, want %d; stderr:\n%s", got, c.Code, stderr.String())
			}
			checkGolden(t, c.Name+".golden", anyOS(c.Args, stdout.String()+"-- stderr --\n"+stderr.String()))
		})
	}
	files, err := filepath.Glob("*.golden")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if !slices.Contains(recorded, file) {
			t.Errorf("no test records %s", file)
		}
	}
}

// anyOS writes what Windows says of missing files, and the paths of files in a folder, as
// other systems do.
func anyOS(args []string, output string) string {
	for _, file := range args {
		if strings.HasPrefix(file, "missing") {
			_, err := os.Open(file)
			output = strings.ReplaceAll(output, err.Error(), "open "+file+": no such file or directory")
		}
	}
	return strings.ReplaceAll(output, `cluster\`, "cluster/")
}

func checkGolden(t *testing.T, file, got string) {
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
