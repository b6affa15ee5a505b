// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package repotest

import (
	"slices"
	"strconv"
	"strings"
	"testing"
)

// arrows says what the packages in and below a folder may import beside the
// standard library: other folders of this module, and other modules. The first
// that fits counts.
var arrows = []struct {
	folder string
	may    []string
}{
	{".", nil},
	{"accounts", []string{"internal/winpath"}},
	{"volumes", []string{"internal/cmdline", "internal/winpath"}},
	{"validate/explain", []string{"validate"}},
	{"validate/policy", []string{"accounts", "validate", "k8s.io/api", "k8s.io/apimachinery"}},
	{"validate/survey", []string{"volumes", "validate", "k8s.io/api", "k8s.io/apimachinery"}},
	{"validate", []string{"accounts", "volumes", "internal/cmdline", "internal/winpath", "k8s.io/api", "k8s.io/apimachinery"}},
	{"hostprocess/agent", []string{"volumes", "internal/winpath"}}, // for small programs
	{"hostprocess", []string{"accounts", "volumes", "validate", "internal/cmdline", "internal/winpath", "k8s.io/api", "k8s.io/apimachinery", "k8s.io/utils"}},
	{"examples/internal/golden", []string{"github.com/google/go-cmp"}}, // a helper of tests
	{"examples", []string{"accounts", "volumes", "validate", "hostprocess", "examples/internal", "k8s.io/api", "k8s.io/apimachinery", "k8s.io/utils", "sigs.k8s.io/yaml"}},
	{"internal/cmdline", []string{"internal/winpath"}},
	{"internal/winpath", nil},
	{"internal/podgen", []string{"accounts", "volumes", "validate", "hostprocess", "k8s.io/api", "k8s.io/apimachinery"}},   // a helper of tests
	{"internal/repotest", []string{"accounts", "volumes", "validate", "hostprocess", "k8s.io/api", "k8s.io/apimachinery"}}, // its tests call everything that is exported
}

func TestImportArrows(t *testing.T) {
	for _, f := range code(t) {
		may, known := allowedImports(f.folder)
		if !known {
			t.Errorf("%s: no arrow starts at %s: say in arrows what it may import", f.path, f.folder)
			continue
		}
		for _, imported := range imports(f) {
			if !mayImport(f.folder, may, imported) {
				t.Errorf("%s imports %s; %s may import the standard library and %q", f.path, imported, f.folder, may)
			}
		}
	}
}

func TestMayImport(t *testing.T) {
	may := []string{"accounts", "k8s.io/api"}
	for imported, want := range map[string]bool{
		"strings":                         true,
		"path/filepath":                   true,
		"k8s.io/api":                      true,
		"k8s.io/api/core/v1":              true,
		"k8s.io/apimachinery/pkg/version": false,
		modulePath + "/accounts":          true,
		modulePath + "/accounts/inner":    true,
		modulePath + "/volumes":           true, // the package's own folder
		modulePath + "/validate":          false,
		modulePath:                        false,
		"C":                               false,
	} {
		if got := mayImport("volumes", may, imported); got != want {
			t.Errorf("mayImport(%q) = %t, want %t", imported, got, want)
		}
	}
}

func allowedImports(folder string) (may []string, known bool) {
	for _, arrow := range arrows {
		if within(folder, arrow.folder) {
			return arrow.may, true
		}
	}
	return nil, false
}

func mayImport(folder string, may []string, imported string) bool {
	if local, ok := strings.CutPrefix(imported, modulePath+"/"); ok {
		imported = local
		may = append(slices.Clone(may), folder)
	} else if standard(imported) {
		return true
	}
	return slices.ContainsFunc(may, func(allowed string) bool { return within(imported, allowed) })
}

// standard says whether a package is of the standard library, whose first
// element has no dot. C is cgo's.
func standard(imported string) bool {
	first, _, _ := strings.Cut(imported, "/")
	return !strings.Contains(first, ".") && imported != "C"
}

func within(name, folder string) bool {
	return name == folder || folder != "." && strings.HasPrefix(name, folder+"/")
}

func imports(f goFile) []string {
	var paths []string
	for _, spec := range f.syntax.Imports {
		if imported, err := strconv.Unquote(spec.Path.Value); err == nil {
			paths = append(paths, imported)
		}
	}
	return paths
}

// unwelcome names packages of the standard library that the library doesn't
// use, with the reason and the folders that may all the same.
var unwelcome = []struct {
	imported, why string
	except        []string
}{
	{"path/filepath", "its answers change with the host; Windows paths are internal/winpath's", []string{"hostprocess/agent"}},
	{"runtime", "answers change with the host", []string{"hostprocess/agent"}},
	{"os", "the library knows what it is given, not the machine it runs on", []string{"hostprocess/agent"}},
	{"os/exec", "the library starts no program", nil},
	{"net", "the library opens no connection", nil}, // and all below it
	{"log", "the library returns errors", nil},
	{"flag", "the library has no flags", nil},
	{"math/rand", "the same input gives the same answer", nil},
	{"math/rand/v2", "the same input gives the same answer", nil},
	{"plugin", "the library loads no code", nil},
	{"unsafe", "nothing here needs it", nil},
}

func TestUnwelcomeImports(t *testing.T) {
	for _, f := range libraryCode(t) {
		for _, imported := range imports(f) {
			for _, rule := range unwelcome {
				if within(imported, rule.imported) && !slices.Contains(rule.except, f.folder) {
					t.Errorf("%s imports %s: %s", f.path, imported, rule.why)
				}
			}
		}
	}
}
