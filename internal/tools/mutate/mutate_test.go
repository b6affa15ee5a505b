// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"slices"
	"strings"
	"testing"
)

// The mutants of a function, as "line: change".
func TestMutants(t *testing.T) {
	for body, want := range map[string][]string{
		"return a < b":                    {"< to >=", "< to <="},
		"return a == b":                   {"== to !="},
		"return p && q":                   {"&& to ||", "negated p", "negated q"},
		"return !p":                       {"! left out"},
		"return is(a)":                    {"negated is(a)"},
		"return true":                     {"negated true"},
		"return a == b && b == c":         {"&& to ||", "== to !=", "== to !="},
		"if p { return q }; return false": {"negated p", "negated q", "negated false"},
		"switch { case p: return q }; return is(a)":       {"negated p", "negated q", "negated is(a)"},
		"switch a { case b: return q }; return is(a)":     {"negated q", "negated is(a)"},
		"a += b % c; return is(a)":                        {"+= to -=", "% to *", "negated is(a)"},
		"return is(-a)":                                   {"negated is(-a)", "- left out"},
		"return is(a - 0)":                                {"negated is(a - 0)", "- to +"},
		"return is(a * 0)":                                {"negated is(a * 0)"}, // nothing can be divided by 0
		"const n = 1 + 2; return is(n)":                   {"negated is(n)"},
		`s = "x" + s; s += "y"; return is(len(s))`:        {"negated is(len(s))"}, // texts can't be subtracted
		"for i := 0; i < a; i++ { }; return q":            {"< to >=", "< to <=", "++ to --", "negated q"},
		"for range a { if p { break } }; return q":        {"negated p", "break to continue", "negated q"},
		"for { if p { return q }; if q { continue } }":    {"negated p", "negated q", "negated q"}, // break wouldn't compile
		"for p { switch a { case b: break } }; return q":  {"negated p", "break to continue", "negated q"},
		"switch a { case b: break }; return q":            {"negated q"},
		"f := func() bool { return p }; return f() || s2": {"negated p", "|| to &&", "negated f()", "negated s2"},
		"a, p = b, q; return is(c)":                       {"negated is(c)"},
	} {
		mutants, text := instrument(t, body)
		var got []string
		for _, m := range mutants {
			got = append(got, m.change)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s\n got %q\nwant %q", body, got, want)
		}
		for _, m := range mutants {
			if !strings.Contains(text, fmt.Sprintf("mutated(%d)", m.id)) {
				t.Errorf("%s: %s: missing in\n%s", body, m.change, text)
			}
		}
	}
}

const source = `package p

func is(n int) bool { return n%2 == 0 }

func f(a, b, c int, p, q, s2 bool, s string) bool { BODY }
`

// instrument returns the mutants of function f with the given body, and
// the instrumented file, which must compile.
func instrument(t *testing.T, body string) ([]mutant, string) {
	t.Helper()
	text := []byte(strings.ReplaceAll(source, "BODY", body))
	in := &instrumenter{fset: token.NewFileSet()}
	file := in.check(t, text)
	text = in.file("f.go", file, text)
	(&instrumenter{fset: token.NewFileSet()}).check(t, append(text, "\nfunc mutated(id int) bool { return false }\n"...))
	mutants := slices.DeleteFunc(in.mutants, func(m mutant) bool { return m.line < 5 })
	return mutants, string(text)
}

func (in *instrumenter) check(t *testing.T, text []byte) *ast.File {
	t.Helper()
	file, err := parser.ParseFile(in.fset, "f.go", text, 0)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	in.info = &types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{}}
	config := types.Config{Importer: importer.Default(), Error: func(err error) {
		if !strings.Contains(err.Error(), "declared and not used") {
			t.Errorf("%v\n%s", err, text)
		}
	}}
	in.pkg, _ = config.Check("p", in.fset, []*ast.File{file}, in.info)
	return file
}
