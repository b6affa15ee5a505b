// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package accounts_test

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path"
	"regexp"
	"strings"
	"testing"
)

const importPath = "github.com/hostprocess-go/sdk/accounts"

// TestOnlyAccountsCompile type-checks testdata/sealed.go against the
// declarations of this package, as the compiler does, and compares the errors
// with the ERROR comments in it. It needs no go command, no network and no
// sources of the standard library.
func TestOnlyAccountsCompile(t *testing.T) {
	fset := token.NewFileSet()
	var sources []*ast.File
	for _, name := range goFiles(t, ".") {
		sources = append(sources, parse(t, fset, name))
	}
	// The bodies of the functions have been compiled with this test, and no
	// declaration here needs the standard library, so empty packages stand
	// for what they import.
	declarations := types.Config{IgnoreFuncBodies: true, Importer: importerFunc(emptyPackage)}
	accounts, err := declarations.Check(importPath, fset, sources, nil)
	if err != nil {
		t.Fatalf("this package doesn't compile: %v", err)
	}

	fixture := parse(t, fset, "testdata/sealed.go")
	got := make(map[int][]string)
	config := types.Config{
		Importer: importerFunc(func(path string) (*types.Package, error) {
			if path != importPath {
				return nil, errors.New("sealed.go may import nothing but " + importPath)
			}
			return accounts, nil
		}),
		Error: func(err error) {
			var e types.Error
			if !errors.As(err, &e) {
				t.Errorf("not a type error: %v", err)
				return
			}
			line := fset.Position(e.Pos).Line
			got[line] = append(got[line], e.Msg)
		},
	}
	// The errors arrive at config.Error; the one returned is the first of them.
	_, _ = config.Check("sealed", fset, []*ast.File{fixture}, nil)

	want := wantErrors(t, fset, fixture)
	if len(want) == 0 {
		t.Fatal("sealed.go expects no error")
	}
	for line, pattern := range want {
		if len(got[line]) != 1 || !pattern.MatchString(got[line][0]) {
			t.Errorf("sealed.go:%d: got errors %q, want one that matches %q", line, got[line], pattern)
		}
	}
	for line, messages := range got {
		if want[line] == nil {
			t.Errorf("sealed.go:%d: unexpected errors %q", line, messages)
		}
	}
}

// wantErrors returns the patterns of the ERROR comments by line.
func wantErrors(t *testing.T, fset *token.FileSet, file *ast.File) map[int]*regexp.Regexp {
	t.Helper()
	want := make(map[int]*regexp.Regexp)
	for _, group := range file.Comments {
		for _, comment := range group.List {
			pattern, ok := strings.CutPrefix(comment.Text, `// ERROR "`)
			if !ok {
				continue
			}
			want[fset.Position(comment.Pos()).Line] = regexp.MustCompile(strings.TrimSuffix(pattern, `"`))
		}
	}
	return want
}

// goFiles returns the names of the files in dir that are compiled into its
// package.
func goFiles(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, entry := range entries {
		name := entry.Name()
		if strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go") {
			names = append(names, name)
		}
	}
	return names
}

func parse(t *testing.T, fset *token.FileSet, name string) *ast.File {
	t.Helper()
	file, err := parser.ParseFile(fset, name, nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	return file
}

func emptyPackage(importPath string) (*types.Package, error) {
	pkg := types.NewPackage(importPath, path.Base(importPath))
	pkg.MarkComplete()
	return pkg, nil
}

type importerFunc func(path string) (*types.Package, error)

func (f importerFunc) Import(path string) (*types.Package, error) { return f(path) }
