// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package repotest

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

// dependencies lists the modules that go.mod may require directly, each with the reason.
var dependencies = map[string]string{
	"github.com/google/go-cmp": "differences in tests",
	"k8s.io/api":               "the types of a pod and of what carries one",
	"k8s.io/apimachinery":      "their metadata, quantities, and the API server's form of an error",
	"k8s.io/utils":             "pointers to constants",
	"sigs.k8s.io/yaml":         "the examples read and print manifests",
}

type goMod struct {
	Go, Toolchain string
	Require       []struct {
		Path, Version string
		Indirect      bool
	}
	Exclude, Replace []any
}

func rootModule(t *testing.T) goMod {
	t.Helper()
	var mod goMod
	if err := json.Unmarshal([]byte(goCommand(t, "mod", "edit", "-json", "go.mod")), &mod); err != nil {
		t.Fatal(err)
	}
	return mod
}

// Importers get at least our versions of dependencies.
func TestGoMod(t *testing.T) {
	mod := rootModule(t)
	if mod.Go != "1.24.0" || mod.Toolchain != "" {
		t.Errorf("go.mod says go %s and toolchain %q; promised is 1.24.0, and a toolchain would be downloaded by importers", mod.Go, mod.Toolchain)
	}
	if len(mod.Replace)+len(mod.Exclude) > 0 {
		t.Error("go.mod has replace or exclude directives, which importers' go commands ignore")
	}
	for _, require := range mod.Require {
		if !require.Indirect && dependencies[require.Path] == "" {
			t.Errorf("go.mod requires %s: only modules with a reason in dependencies are allowed", require.Path)
		}
		if (require.Path == "k8s.io/api" || require.Path == "k8s.io/apimachinery") && !strings.HasPrefix(require.Version, "v0.34.") {
			t.Errorf("go.mod requires %s %s; want v0.34.x", require.Path, require.Version)
		}
	}
}

// Importers get no module that they don't get with the Kubernetes types.
func TestNoModuleBeyondKubernetes(t *testing.T) {
	theirs := modulesBehind(t, "k8s.io/api/...")
	for _, module := range modulesBehind(t, libraryPatterns...) {
		if module != modulePath && !slices.Contains(theirs, module) {
			t.Errorf("the packages need %s, which k8s.io/api doesn't", module)
		}
	}
}

func modulesBehind(t *testing.T, patterns ...string) []string {
	t.Helper()
	return strings.Fields(goCommand(t, append([]string{"list", "-deps", "-f", "{{with .Module}}{{.Path}}{{end}}"}, patterns...)...))
}
