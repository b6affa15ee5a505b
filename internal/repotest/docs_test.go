// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package repotest

import (
	"go/ast"
	"go/doc"
	"path"
	"slices"
	"strings"
	"testing"
	"unicode"
)

// Each package has one package comment, in doc.go. The examples, which people
// copy, may have it in the file that they copy.
func TestPackageComments(t *testing.T) {
	for folder, files := range packages(code(t)) {
		var with []string
		for _, f := range files {
			if f.syntax.Doc != nil {
				with = append(with, f.path)
			}
		}
		switch {
		case len(with) != 1:
			t.Errorf("%s has %d package comments, in %q; want one", folder, len(with), with)
		case path.Base(with[0]) != "doc.go" && !within(folder, "examples"):
			t.Errorf("the package comment of %s is in %s; want doc.go", folder, with[0])
		}
	}
	for _, f := range sources(t) {
		if f.test && f.syntax.Doc != nil {
			t.Errorf("%s has a package comment; it is a test", f.path)
		}
	}
}

func TestExportedSymbolsAreDocumented(t *testing.T) {
	for _, f := range libraryCode(t) {
		for _, symbol := range undocumented(f.syntax) {
			t.Errorf("%s: %s has no comment", position(symbol), symbol.Name)
		}
	}
}

func TestUndocumented(t *testing.T) {
	const source = `package p
		// Good is documented, and says what Named is.
		type Good struct {
			Documented int // as this; Sibling goes with it
			Sibling    int
			Named      int
			Bare, Also int
			hidden     int
		}
		type Open interface { Method() }
		func (Good) Method() {}
		func (hidden) Method() {}
		type hidden struct{ Field int }
		// A group.
		const (
			A = 1
			B = 2
		)
		const (
			// C is documented.
			C = 1
			D = 2
			E = 3 // as this
		)
		// F is documented.
		var F = 1
		var _ Open = hidden{}
		// G is documented.
		func G() {}
		func H() {}`
	var got []string
	for _, symbol := range undocumented(checkSource(t, source).files[0]) {
		got = append(got, symbol.Name)
	}
	if want := []string{"Bare", "Also", "Open", "Method", "Method", "D", "H"}; !slices.Equal(got, want) {
		t.Errorf("undocumented = %q, want %q", got, want)
	}
}

// undocumented lists the exported symbols of a file that no comment describes:
// neither their own nor, for constants and variables, that of their group, and
// for fields, no comment of their type that names them.
func undocumented(file *ast.File) []*ast.Ident {
	var missing []*ast.Ident
	for _, declared := range file.Decls {
		switch declared := declared.(type) {
		case *ast.FuncDecl:
			if exportedReceiver(declared) {
				missing = append(missing, exportedWithout([]*ast.Ident{declared.Name}, declared.Doc)...)
			}
		case *ast.GenDecl:
			for _, spec := range declared.Specs {
				missing = append(missing, undocumentedSpec(spec, declared.Doc)...)
			}
		}
	}
	return missing
}

func undocumentedSpec(spec ast.Spec, group *ast.CommentGroup) []*ast.Ident {
	switch spec := spec.(type) {
	case *ast.ValueSpec:
		return exportedWithout(spec.Names, group, spec.Doc, spec.Comment)
	case *ast.TypeSpec:
		missing := exportedWithout([]*ast.Ident{spec.Name}, group, spec.Doc, spec.Comment)
		if spec.Name.IsExported() {
			missing = append(missing, undocumentedFields(spec, group)...)
		}
		return missing
	}
	return nil
}

func undocumentedFields(spec *ast.TypeSpec, group *ast.CommentGroup) []*ast.Ident {
	var list *ast.FieldList
	switch typ := spec.Type.(type) {
	case *ast.StructType:
		list = typ.Fields
	case *ast.InterfaceType:
		list = typ.Methods
	default:
		return nil
	}
	said := group.Text() + spec.Doc.Text()
	for _, field := range list.List {
		said += field.Doc.Text() + field.Comment.Text()
	}
	words := strings.FieldsFunc(said, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	var missing []*ast.Ident
	for _, field := range list.List {
		for _, name := range exportedWithout(field.Names, field.Doc, field.Comment) {
			if !slices.Contains(words, name.Name) {
				missing = append(missing, name)
			}
		}
	}
	return missing
}

// exportedWithout keeps the exported names, if none of the comments is there.
func exportedWithout(names []*ast.Ident, comments ...*ast.CommentGroup) []*ast.Ident {
	if slices.ContainsFunc(comments, func(c *ast.CommentGroup) bool { return c != nil }) {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(names), func(name *ast.Ident) bool { return !name.IsExported() })
}

func exportedReceiver(function *ast.FuncDecl) bool {
	if function.Recv == nil {
		return true
	}
	typ := function.Recv.List[0].Type
	for {
		switch inner := typ.(type) {
		case *ast.StarExpr:
			typ = inner.X
		case *ast.IndexExpr:
			typ = inner.X
		case *ast.IndexListExpr:
			typ = inner.X
		case *ast.Ident:
			return inner.IsExported()
		default:
			return true
		}
	}
}

// Each package that users import shows its use, and the output is checked.
func TestExamples(t *testing.T) {
	for folder, files := range packages(sources(t)) {
		if !isImported(folder, files) {
			continue
		}
		var tests []*ast.File
		for _, f := range files {
			if f.test {
				tests = append(tests, f.syntax)
			}
		}
		checked := func(example *doc.Example) bool { return example.Output != "" }
		if !slices.ContainsFunc(doc.Examples(tests...), checked) {
			t.Errorf("%s has no Example whose output is checked", folder)
		}
	}
}
