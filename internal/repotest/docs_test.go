// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package repotest

import (
	"go/ast"
	"go/doc"
	"go/token"
	"go/types"
	"regexp"
	"slices"
	"testing"
)

// Everything exported is documented, the comment of a type describes its zero value, and
// each package shows its use in a whole file, as one Example whose output is checked.
func TestDocumentation(t *testing.T) {
	for _, p := range list(t, libraryPatterns...) {
		fset := token.NewFileSet()
		d, err := doc.NewFromFiles(fset, parse(t, fset, p.Dir, slices.Concat(p.GoFiles, p.TestGoFiles, p.XTestGoFiles)), p.ImportPath)
		if err != nil {
			t.Fatal(err)
		}
		documented := func(what, text string) {
			t.Helper()
			if text == "" {
				t.Errorf("%s: %s has no comment", p.name(), what)
			}
		}
		values, functions := slices.Concat(d.Consts, d.Vars), d.Funcs
		for _, typ := range d.Types {
			documented(typ.Name, typ.Doc)
			said := comments(typ)
			ast.Inspect(typ.Decl, func(n ast.Node) bool {
				if field, ok := n.(*ast.Field); ok {
					for _, name := range field.Names {
						if !name.IsExported() {
							continue
						}
						named := regexp.MustCompile(`\b` + name.Name + `\b`).FindString(said)
						documented(typ.Name+"."+name.Name, field.Doc.Text()+field.Comment.Text()+named)
					}
				}
				return true
			})
			values, functions = slices.Concat(values, typ.Consts, typ.Vars), slices.Concat(functions, typ.Funcs, typ.Methods)
			isError := slices.ContainsFunc(typ.Methods, func(m *doc.Func) bool { return m.Name == "Error" && m.Recv[0] == '*' })
			if !isError && !zero.MatchString(said) { // programs don't create error values
				t.Errorf("%s: the comment of %s doesn't say what its zero value is", p.name(), typ.Name)
			}
		}
		for _, function := range functions {
			documented(function.Name, function.Doc)
		}
		for _, group := range values {
			for _, spec := range group.Decl.Specs {
				spec := spec.(*ast.ValueSpec)
				documented(spec.Names[0].Name, group.Doc+spec.Doc.Text()+spec.Comment.Text())
			}
		}
		if !slices.ContainsFunc(d.Examples, func(e *doc.Example) bool {
			_, whole := e.Code.(*ast.File)
			return whole && e.Output != ""
		}) {
			t.Errorf("%s has no file that is one Example, with declarations of its own and with output", p.name())
		}
	}
}

var zero = regexp.MustCompile(`(?i)\bzero\b|\bnil\b`)

// comments are those of a type, its fields and its constants.
func comments(typ *doc.Type) string {
	text := typ.Doc
	for _, group := range typ.Consts {
		text += group.Doc
	}
	for _, decl := range append([]*doc.Value{{Decl: typ.Decl}}, typ.Consts...) {
		ast.Inspect(decl.Decl, func(n ast.Node) bool {
			if group, ok := n.(*ast.CommentGroup); ok {
				text += group.Text()
			}
			return true
		})
	}
	return text
}

// Code that users link doesn't run at start-up, doesn't panic, ends no program
// and starts no goroutine.
func TestStatements(t *testing.T) {
	for _, p := range list(t, "./...") {
		if !slices.ContainsFunc(shipped, func(folder string) bool { return within(p.name(), folder) }) {
			continue
		}
		fset := token.NewFileSet()
		for _, file := range parse(t, fset, p.Dir, p.GoFiles) {
			ast.Inspect(file, func(node ast.Node) bool {
				wrong := false
				switch node := node.(type) {
				case *ast.GoStmt:
					wrong = true
				case *ast.FuncDecl:
					wrong = node.Name.Name == "init" && node.Recv == nil
				case *ast.CallExpr:
					wrong = slices.Contains([]string{"panic", "os.Exit", "runtime.Goexit"}, types.ExprString(node.Fun))
				}
				if wrong {
					t.Errorf("%s: the library has no init function, no panic, no goroutine, and ends no program", fset.Position(node.Pos()))
				}
				return true
			})
		}
	}
}
