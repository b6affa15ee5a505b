// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package repotest

import (
	"go/ast"
	"go/doc"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// The page of each package shows a whole file of real use, whose output is
// checked: imports, declarations and all, so that the page alone is enough.
func TestWholeFileExamples(t *testing.T) {
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
		if !slices.ContainsFunc(doc.Examples(tests...), wholeFile) {
			t.Errorf("%s has no file that is one Example, with declarations of its own and with output", folder)
		}
	}
}

func wholeFile(example *doc.Example) bool {
	_, whole := example.Code.(*ast.File)
	return whole && example.Output != ""
}

func TestWholeFile(t *testing.T) {
	const output = "\n\t// Output: a\n}\n"
	for source, want := range map[string]bool{
		"package p\ntype T int\nfunc Example() {" + output:                               true,
		"package p\nfunc Example() {" + output:                                           false, // nothing but the Example
		"package p\ntype T int\nfunc Example() {\n}\n":                                   false, // no output
		"package p\ntype T int\nfunc Example() {" + output + "func Example_two() {\n}\n": false,
	} {
		file := checkSource(t, source).files[0]
		if got := slices.ContainsFunc(doc.Examples(file), wholeFile); got != want {
			t.Errorf("whole file: %t, want %t:\n%s", got, want, source)
		}
	}
}

// What the zero value of a type is, is said where the type is, or where its
// constants are.
func TestZeroValuesAreDocumented(t *testing.T) {
	for folder, files := range packages(libraryCode(t)) {
		if !inLibrary(folder) {
			continue
		}
		var syntax []*ast.File
		for _, f := range files {
			syntax = append(syntax, f.syntax)
		}
		for _, name := range silentOnZero(syntax) {
			t.Errorf("the comment of %s.%s doesn't say what its zero value is", folder, name)
		}
	}
}

var (
	zeroWord = regexp.MustCompile(`(?i)\bzero\b`)
	nilWord  = regexp.MustCompile(`\bnil\b`) // the zero value of an interface
)

// silentOnZero lists the exported types of a package with no word on the zero
// value: neither in the type's comment, nor in those of its fields, nor, for a
// type of constants, in theirs.
func silentOnZero(files []*ast.File) []string {
	said := map[string]string{}
	var names []string
	for _, file := range files {
		for _, declared := range file.Decls {
			group, ok := declared.(*ast.GenDecl)
			if !ok {
				continue
			}
			of := ""
			for _, spec := range group.Specs {
				switch spec := spec.(type) {
				case *ast.TypeSpec:
					if spec.Name.IsExported() && !isErrorType(files, spec.Name.Name) {
						names = append(names, spec.Name.Name)
						said[spec.Name.Name] += group.Doc.Text() + spec.Doc.Text() + fieldComments(spec)
						if _, ok := spec.Type.(*ast.InterfaceType); ok {
							said[spec.Name.Name] = nilWord.ReplaceAllString(said[spec.Name.Name], "zero")
						}
					}
				case *ast.ValueSpec:
					if ident, ok := spec.Type.(*ast.Ident); ok {
						of = ident.Name
					}
					said[of] += group.Doc.Text() + spec.Doc.Text() + spec.Comment.Text()
				}
			}
		}
	}
	return slices.DeleteFunc(names, func(name string) bool { return zeroWord.MatchString(said[name]) })
}

func fieldComments(spec *ast.TypeSpec) string {
	var said strings.Builder
	if structure, ok := spec.Type.(*ast.StructType); ok {
		for _, field := range structure.Fields.List {
			said.WriteString(field.Doc.Text() + field.Comment.Text())
		}
	}
	return said.String()
}

// isErrorType says whether a pointer to the type is an error: such a value comes
// from the package, and nobody begins with an empty one.
func isErrorType(files []*ast.File, name string) bool {
	for _, file := range files {
		for _, declared := range file.Decls {
			function, ok := declared.(*ast.FuncDecl)
			if !ok || function.Recv == nil || function.Name.Name != "Error" {
				continue
			}
			if star, ok := function.Recv.List[0].Type.(*ast.StarExpr); ok {
				if ident, ok := star.X.(*ast.Ident); ok && ident.Name == name {
					return true
				}
			}
		}
	}
	return false
}

func TestSilentOnZero(t *testing.T) {
	const source = `package p
		// Good is good. The zero Good is nothing.
		type Good int
		// Bad is bad.
		type Bad int
		// Kind is a kind.
		type Kind int
		const (
			// None is the zero value.
			None Kind = iota
			Other
		)
		// Options are options.
		type Options struct {
			Name string // zero means "agent"
		}
		// Failure is an error.
		type Failure struct{}
		func (*Failure) Error() string { return "" }
		type hidden int`
	if got := silentOnZero(checkSource(t, source).files); !slices.Equal(got, []string{"Bad"}) {
		t.Errorf("silent on their zero value: %q, want Bad", got)
	}
}

// Nothing is left for later, and no test is passed over.
func TestNothingIsLeftForLater(t *testing.T) {
	for _, name := range allFiles(t) {
		if strings.Contains(name, "/testdata/") || strings.HasSuffix(name, ".sum") || name == "LICENSE" {
			continue
		}
		for at, line := range strings.Split(read(t, name), "\n") {
			if word := leftForLater(line); word != "" {
				t.Errorf("%s:%d says %s", name, at+1, word)
			}
		}
	}
}

// leftWords are put together so that this file doesn't hold them.
var leftWords = regexp.MustCompile(`\b(TO` + `DO|FIX` + `ME)\b|\b[tbf]\.(Skip|Skipf|SkipNow)` + `\(`)

func leftForLater(line string) string { return leftWords.FindString(line) }

func TestLeftForLater(t *testing.T) {
	for line, want := range map[string]bool{
		"// TO" + "DO(somebody): later":             true,
		"# FIX" + "ME":                              true,
		"\tt.Skip" + `("no Windows")`:               true,
		"mount it to do it":                         false,
		"lines.Skip(3)":                             false,
		"the method TO" + "DOS is about other ones": false,
	} {
		if got := leftForLater(line) != ""; got != want {
			t.Errorf("leftForLater(%q) = %t", line, got)
		}
	}
}
