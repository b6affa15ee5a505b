// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package repotest

import (
	"go/build/constraint"
	"os"
	"path"
	"slices"
	"strings"
	"testing"
)

var topLevel = []string{
	"accounts", "examples", "hostprocess", "internal", "validate", "volumes",
	"LICENSE", "README.md", "doc.go", "go.mod", "go.sum",
}

func TestTopLevel(t *testing.T) {
	for _, entry := range must(os.ReadDir(root))(t) {
		name := entry.Name()
		if !strings.HasPrefix(name, ".") && !slices.Contains(topLevel, name) {
			t.Errorf("%s is at the top level, which holds only %q and names with a dot in front", name, topLevel)
		}
	}
}

func TestLicence(t *testing.T) {
	text := read(t, "LICENSE")
	for _, want := range []string{"Apache License", "Version 2.0, January 2004", "END OF TERMS AND CONDITIONS"} {
		if !strings.Contains(text, want) {
			t.Errorf("LICENSE doesn't say %q", want)
		}
	}
}

const header = "// Copyright The hostprocess-go Authors.\n// SPDX-License-Identifier: Apache-2.0\n"

func TestFileHeaders(t *testing.T) {
	for _, name := range allFiles(t) {
		if path.Ext(name) == ".go" && !strings.HasPrefix(read(t, name), header) {
			t.Errorf("%s doesn't begin with:\n%s", name, header)
		}
	}
}

// A file name that ends in an operating system or an architecture restricts
// the file to it. Who means that says so in a //go:build line as well.
func TestFileNames(t *testing.T) {
	for _, name := range allFiles(t) {
		if path.Ext(name) != ".go" {
			continue
		}
		if word := platformSuffix(path.Base(name)); word != "" && !hasBuildLine(read(t, name)) {
			t.Errorf("%s is compiled only for %s because of its name: rename it, or write //go:build too if that is meant", name, word)
		}
	}
}

func TestPlatformSuffix(t *testing.T) {
	for name, want := range map[string]string{
		"windows.go":                    "",
		"rule_node_windows.go":          "windows",
		"rule_node_windows_test.go":     "windows",
		"rule_arm64.go":                 "arm64",
		"rule_windows_arm64.go":         "arm64",
		"rule_windows_node.go":          "",
		"rule_windows-node.go":          "",
		"rule_unix.go":                  "",
		"linux_test.go":                 "",
		"example_local_group_s390x.go":  "s390x",
		"rule_node-selector-windows.go": "",
	} {
		if got := platformSuffix(name); got != want {
			t.Errorf("platformSuffix(%q) = %q, want %q", name, got, want)
		}
	}
}

// platforms is every word that is special at the end of a file name, now or
// in the past: https://github.com/golang/go/blob/go1.26.0/src/internal/syslist/syslist.go
var platforms = strings.Fields(`
	aix android darwin dragonfly freebsd hurd illumos ios js linux nacl netbsd openbsd plan9 solaris wasip1 windows zos
	386 amd64 amd64p32 arm arm64 arm64be armbe loong64 mips mips64 mips64le mips64p32 mips64p32le mipsle
	ppc ppc64 ppc64le riscv riscv64 s390 s390x sparc sparc64 wasm`)

func platformSuffix(name string) string {
	name = strings.TrimSuffix(strings.TrimSuffix(name, ".go"), "_test")
	if at := strings.LastIndexByte(name, '_'); at > 0 && slices.Contains(platforms, name[at+1:]) {
		return name[at+1:]
	}
	return ""
}

func hasBuildLine(text string) bool {
	return slices.ContainsFunc(strings.Split(text, "\n"), constraint.IsGoBuild)
}
