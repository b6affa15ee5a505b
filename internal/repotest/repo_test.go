// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package repotest

import (
	"encoding/json"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"testing"
)

const (
	root       = "../.."
	modulePath = "github.com/hostprocess-go/sdk"
)

// libraryPatterns match the packages that users import.
var libraryPatterns = []string{"./accounts/...", "./volumes/...", "./validate/...", "./hostprocess/..."}

// files lists every file of the checkout but git's own, from its top, with
// slashes.
func files(t *testing.T) []string {
	t.Helper()
	var names []string
	err := fs.WalkDir(os.DirFS(root), ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case name == ".git" && entry.IsDir():
			return fs.SkipDir
		case name != ".git" && entry.Type().IsRegular(): // .git is a file in a linked work tree
			names = append(names, name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// goCommand returns what the go command prints at the top of the checkout.
func goCommand(t *testing.T, args ...string) string {
	t.Helper()
	cmd := exec.Command("go", args...)
	cmd.Dir = root
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", cmd, err, stderr.String())
	}
	return string(out)
}

// goPackage is the output of go list for a package.
type goPackage struct {
	ImportPath, Dir, Export            string
	GoFiles, TestGoFiles, XTestGoFiles []string
	Imports, IgnoredGoFiles            []string
	DepOnly                            bool
}

// name is the path of the package within the module.
func (p goPackage) name() string {
	if p.ImportPath == modulePath {
		return "."
	}
	return strings.TrimPrefix(p.ImportPath, modulePath+"/")
}

func list(t *testing.T, args ...string) []goPackage {
	t.Helper()
	decoder := json.NewDecoder(strings.NewReader(goCommand(t, append([]string{"list", "-json"}, args...)...)))
	var all []goPackage
	for decoder.More() {
		var p goPackage
		if err := decoder.Decode(&p); err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	return all
}

// library returns the packages that users import, as they are compiled on this
// operating system.
func library(t *testing.T) []*types.Package {
	t.Helper()
	all := list(t, append([]string{"-export", "-deps"}, libraryPatterns...)...)
	exports := map[string]string{}
	for _, p := range all {
		exports[p.ImportPath] = p.Export
	}
	fset := token.NewFileSet()
	config := types.Config{IgnoreFuncBodies: true, Importer: importer.ForCompiler(fset, "gc", func(path string) (io.ReadCloser, error) {
		return os.Open(exports[path])
	})}
	var packages []*types.Package
	for _, p := range all {
		if p.DepOnly {
			continue
		}
		checked, err := config.Check(p.ImportPath, fset, parse(t, fset, p.Dir, p.GoFiles), nil)
		if err != nil {
			t.Fatal(err)
		}
		packages = append(packages, checked)
	}
	return packages
}

func parse(t *testing.T, fset *token.FileSet, dir string, names []string) (files []*ast.File) {
	t.Helper()
	for _, name := range names {
		file, err := parser.ParseFile(fset, filepath.Join(dir, name), nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	return files
}

// within reports whether name is a folder or is below it.
func within(name, folder string) bool {
	return name == folder || strings.HasPrefix(name, folder+"/")
}

func inTestdata(name string) bool { return strings.Contains(path.Dir(name)+"/", "testdata/") }
