// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package repotest

import (
	"encoding/json"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/types"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// checkedPackage is a package of the library as the compiler sees it on this
// operating system.
type checkedPackage struct {
	files []*ast.File
	types *types.Package
	info  *types.Info
}

// listed is what go list says of a package.
type listed struct {
	ImportPath, Dir, Export string
	GoFiles                 []string
	DepOnly                 bool
}

// loadLibrary type-checks the packages that users import and that are there.
func loadLibrary(t *testing.T) []checkedPackage {
	t.Helper()
	packages := listLibrary(t)
	exports := map[string]string{}
	for _, p := range packages {
		exports[p.ImportPath] = p.Export
	}
	config := types.Config{Importer: importer.ForCompiler(fileSet, "gc", func(path string) (io.ReadCloser, error) {
		return os.Open(exports[path])
	})}
	var checked []checkedPackage
	for _, p := range packages {
		if !p.DepOnly {
			checked = append(checked, check(t, config, p))
		}
	}
	return checked
}

func listLibrary(t *testing.T) []listed {
	t.Helper()
	args := []string{"list", "-export", "-deps", "-json=ImportPath,Dir,Export,GoFiles,DepOnly"}
	decoder := json.NewDecoder(strings.NewReader(run(t, "go", append(args, libraryPatterns(t)...)...)))
	var packages []listed
	for decoder.More() {
		var p listed
		if err := decoder.Decode(&p); err != nil {
			t.Fatal(err)
		}
		packages = append(packages, p)
	}
	return packages
}

// libraryPatterns names the packages that users import and that are there, as
// the go command wants them.
func libraryPatterns(t *testing.T) []string {
	t.Helper()
	var patterns []string
	for folder := range packages(code(t)) {
		if inLibrary(folder) {
			patterns = append(patterns, "./"+folder)
		}
	}
	if len(patterns) == 0 {
		t.Fatalf("none of the packages %q is there", library)
	}
	slices.Sort(patterns)
	return patterns
}

func check(t *testing.T, config types.Config, p listed) checkedPackage {
	t.Helper()
	checked := checkedPackage{info: &types.Info{Uses: map[*ast.Ident]types.Object{}}}
	for _, name := range p.GoFiles {
		file := must(parser.ParseFile(fileSet, filepath.Join(p.Dir, name), nil, parser.ParseComments))(t)
		checked.files = append(checked.files, file)
	}
	checked.types = must(config.Check(p.ImportPath, fileSet, checked.files, checked.info))(t)
	return checked
}

// checkSource type-checks one file given as text, for tests of the rules.
func checkSource(t *testing.T, source string) checkedPackage {
	t.Helper()
	file := must(parser.ParseFile(fileSet, "p.go", source, parser.ParseComments))(t)
	checked := checkedPackage{files: []*ast.File{file}, info: &types.Info{Uses: map[*ast.Ident]types.Object{}}}
	config := types.Config{Importer: importer.ForCompiler(fileSet, "source", nil)}
	checked.types = must(config.Check("p", fileSet, checked.files, checked.info))(t)
	return checked
}
