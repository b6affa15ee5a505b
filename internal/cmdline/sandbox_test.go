// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package cmdline

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSandboxReferences(t *testing.T) {
	const name = "container_sandbox_mount_point"
	for word, want := range map[string][]string{
		"":                             nil,
		name:                           nil,
		"%" + name + "%":               {"%" + name + "%"},
		"%container_sandbox":           {"%container_sandbox"},
		"a%" + name + "%b":             {"%" + name + "%"},
		"$" + name + "-x":              {"$" + name},
		"$(" + name + ")":              {"$(" + name + ")"},
		"${" + name + "}":              {"${" + name + "}"},
		"$env:" + name + ".":           {"$env:" + name},
		"${env:" + name + "}}":         {"${env:" + name + "}"},
		"$(env:" + name + "}":          {"$(env:" + name},
		"$env:" + name + "}":           {"$env:" + name},
		"{env:" + name + "}":           nil,
		"env:" + name:                  nil,
		"$" + name + "$" + name + "%x": {"$" + name, "$" + name},
		name + "%" + name + "%":        {"%" + name + "%"},
		"$x%" + name + "x%":            {"%" + name + "x%"},
		"$nv:" + name:                  nil,
	} {
		var got []string
		for start, end, found := NextSandboxReference(word, 0); found; start, end, found = NextSandboxReference(word, end) {
			got = append(got, word[start:end])
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("references in %q (-want +got):\n%s", word, diff)
		}
	}
}

func TestExtendsName(t *testing.T) {
	eachIs(t, "ExtendsName", ExtendsName, map[string]bool{"": false, "a": true, ".": false, ".a": true, "..": false, "/a": false, `\`: false, "-": true})
}

func TestNamesSandbox(t *testing.T) {
	eachIs(t, "NamesSandbox", NamesSandbox, map[string]bool{CmdToken: true, "$container_sandbox_mount_point": true, "container_sandbox_mount_point": false, "%TEMP%": false})
}

func TestIsScriptVariable(t *testing.T) {
	for name, want := range map[string]bool{
		"HOSTPROCESS_SCRIPT": true, "HOSTPROCESS_SCRIPT_2": true, "HOSTPROCESS_SCRIPT_10": true,
		"HOSTPROCESS_SCRIPT_": false, "HOSTPROCESS_SCRIPTS": false, "HOSTPROCESS_SCRIPT_2A": false, "HOSTPROCESS_SCRIPT2": false,
		"hostprocess_script": false, "MY_HOSTPROCESS_SCRIPT": false, "": false, "2": false, "_2": false,
	} {
		if got := IsScriptVariable(name); got != want {
			t.Errorf("%q: %t", name, got)
		}
	}
}
