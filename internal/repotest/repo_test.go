// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package repotest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

const (
	root       = "../.."
	modulePath = "github.com/hostprocess-go/sdk"
)

// library names the packages that users import.
var library = []string{"accounts", "volumes", "validate", "hostprocess"}

// inner names the folders whose code is part of those packages.
var inner = []string{"internal/cmdline", "internal/winpath"}

// goFile is a file of a package of the root module.
type goFile struct {
	path   string // from the top of the checkout, with slashes
	folder string
	test   bool
	syntax *ast.File
}

var fileSet = token.NewFileSet()

// files lists every file of the checkout but git's own.
var files = sync.OnceValues(func() ([]string, error) {
	var paths []string
	err := fs.WalkDir(os.DirFS(root), ".", func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.Name() == ".git":
			return skip(entry)
		case entry.Type().IsRegular():
			paths = append(paths, path)
		}
		return nil
	})
	return paths, err
})

// skip passes over a .git folder, and over the .git file of a linked work tree.
func skip(entry fs.DirEntry) error {
	if entry.IsDir() {
		return fs.SkipDir
	}
	return nil
}

// goFiles parses the packages of the root module.
var goFiles = sync.OnceValues(func() ([]goFile, error) {
	paths, err := files()
	if err != nil {
		return nil, err
	}
	var parsed []goFile
	for _, name := range paths {
		if path.Ext(name) != ".go" || !inRootModule(name, paths) {
			continue
		}
		syntax, err := parser.ParseFile(fileSet, filepath.Join(root, name), nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		parsed = append(parsed, goFile{name, path.Dir(name), strings.HasSuffix(name, "_test.go"), syntax})
	}
	return parsed, nil
})

// inRootModule says whether the go command sees a file as part of the root
// module: not below testdata, a dot-folder or another go.mod.
func inRootModule(name string, paths []string) bool {
	for _, part := range strings.Split(path.Dir(name), "/") {
		if part == "testdata" || len(part) > 1 && part[0] == '.' {
			return false
		}
	}
	for folder := path.Dir(name); folder != "."; folder = path.Dir(folder) {
		if slices.Contains(paths, folder+"/go.mod") {
			return false
		}
	}
	return true
}

func allFiles(t *testing.T) []string {
	t.Helper()
	return must(files())(t)
}

// sources lists the files of the root module, tests included.
func sources(t *testing.T) []goFile {
	t.Helper()
	return must(goFiles())(t)
}

// code lists the files of the root module that aren't tests.
func code(t *testing.T) []goFile {
	t.Helper()
	return slices.DeleteFunc(slices.Clone(sources(t)), func(f goFile) bool { return f.test })
}

// libraryCode lists the files behind the packages that users import.
func libraryCode(t *testing.T) []goFile {
	t.Helper()
	return slices.DeleteFunc(code(t), func(f goFile) bool {
		return !slices.Contains(inner, f.folder) && !inLibrary(f.folder)
	})
}

func inLibrary(folder string) bool {
	first, _, _ := strings.Cut(folder, "/")
	return slices.Contains(library, first)
}

// isImported reports whether users can import the package of a folder: one of
// the library that isn't made of tests alone.
func isImported(folder string, files []goFile) bool {
	return inLibrary(folder) && slices.ContainsFunc(files, func(f goFile) bool { return !f.test })
}

// packages groups files by their folder.
func packages(files []goFile) map[string][]goFile {
	byFolder := map[string][]goFile{}
	for _, f := range files {
		byFolder[f.folder] = append(byFolder[f.folder], f)
	}
	return byFolder
}

func read(t *testing.T, name string) string {
	t.Helper()
	return string(must(os.ReadFile(filepath.Join(root, name)))(t))
}

// run returns what a command prints when run at the top of the checkout.
func run(t *testing.T, name string, args ...string) string {
	t.Helper()
	command := exec.Command(name, args...)
	command.Dir = root
	var stderr strings.Builder
	command.Stderr = &stderr
	out, err := command.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", command, err, stderr.String())
	}
	return string(out)
}

func must[T any](value T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

// position is where a node is, from the top of the checkout.
func position(node ast.Node) string {
	where := fileSet.Position(node.Pos())
	if name, err := filepath.Rel(root, where.Filename); err == nil {
		where.Filename = filepath.ToSlash(name)
	}
	return where.String()
}
