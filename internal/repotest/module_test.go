// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package repotest

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

// dependencies are all that go.mod may require directly, and why.
var dependencies = map[string]string{
	"github.com/google/go-cmp": "differences in tests",
	"k8s.io/api":               "the types of a pod and of what carries one",
	"k8s.io/apimachinery":      "their metadata, quantities, and the API server's form of an error",
	"k8s.io/utils":             "pointers to constants",
	"sigs.k8s.io/yaml":         "the examples read and print manifests",
}

type goMod struct {
	Go        string
	Toolchain string
	Require   []struct {
		Path, Version string
		Indirect      bool
	}
	Exclude, Replace []any
}

func rootModule(t *testing.T) goMod {
	t.Helper()
	var mod goMod
	if err := json.Unmarshal([]byte(run(t, "go", "mod", "edit", "-json", "go.mod")), &mod); err != nil {
		t.Fatal(err)
	}
	return mod
}

func TestDependencies(t *testing.T) {
	required := map[string]string{}
	for _, require := range rootModule(t).Require {
		if require.Indirect {
			continue
		}
		required[require.Path] = require.Version
		if dependencies[require.Path] == "" {
			t.Errorf("go.mod requires %s: only modules with a reason in dependencies are allowed", require.Path)
		}
	}
	for path := range dependencies {
		if required[path] == "" {
			t.Errorf("dependencies gives a reason for %s, which go.mod doesn't require", path)
		}
	}
	for _, path := range []string{"k8s.io/api", "k8s.io/apimachinery"} {
		if !strings.HasPrefix(required[path], "v0.34.") {
			t.Errorf("go.mod requires %s %s; ours is the floor of every importer: want v0.34.x", path, required[path])
		}
	}
}

func TestGoMod(t *testing.T) {
	mod := rootModule(t)
	if mod.Go != "1.24.0" {
		t.Errorf("go.mod says go %s, promised is 1.24.0", mod.Go)
	}
	if mod.Toolchain != "" {
		t.Errorf("go.mod names the toolchain %s, which importers' go commands would fetch", mod.Toolchain)
	}
	if len(mod.Replace)+len(mod.Exclude) > 0 {
		t.Errorf("go.mod has replace or exclude directives, which importers' go commands pass over")
	}
}

// Importers get no module that they don't get with the Kubernetes types.
func TestNoModuleBeyondKubernetes(t *testing.T) {
	theirs := modulesBehind(t, "k8s.io/api/...")
	for _, module := range modulesBehind(t, libraryPatterns(t)...) {
		if module != modulePath && !slices.Contains(theirs, module) {
			t.Errorf("the packages need %s, which k8s.io/api doesn't", module)
		}
	}
}

func modulesBehind(t *testing.T, patterns ...string) []string {
	t.Helper()
	modules := strings.Fields(run(t, "go", append([]string{"list", "-deps", "-f", "{{with .Module}}{{.Path}}{{end}}"}, patterns...)...))
	slices.Sort(modules)
	return slices.Compact(modules)
}
