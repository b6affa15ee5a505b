// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package repotest

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"
	"testing"
)

// The library doesn't run at start-up, doesn't panic, ends no program and
// starts no goroutine.
func TestStatements(t *testing.T) {
	for _, f := range libraryCode(t) {
		ast.Inspect(f.syntax, func(node ast.Node) bool {
			if problem := forbiddenStatement(node); problem != "" {
				t.Errorf("%s: %s", position(node), problem)
			}
			return true
		})
	}
}

func forbiddenStatement(node ast.Node) string {
	switch node := node.(type) {
	case *ast.GoStmt:
		return "the library starts no goroutine"
	case *ast.FuncDecl:
		if node.Name.Name == "init" && node.Recv == nil {
			return "the library has no init function"
		}
	case *ast.CallExpr:
		switch name := types.ExprString(node.Fun); name {
		case "panic", "os.Exit", "runtime.Goexit":
			return "the library returns an error instead of calling " + name
		}
	}
	return ""
}

func TestForbiddenStatement(t *testing.T) {
	const source = `package p
		import "os"
		type T struct{}
		func (T) init() {}
		func init() {}
		func f(stop func()) {
			go stop()
			panic("x")
			os.Exit(1)
			stop()
		}`
	var problems int
	ast.Inspect(checkSource(t, source).files[0], func(node ast.Node) bool {
		if forbiddenStatement(node) != "" {
			problems++
		}
		return true
	})
	if problems != 4 {
		t.Errorf("found %d of the 4 forbidden statements", problems)
	}
}

// Nothing at package level can be changed, by the library or by its users.
func TestPackageVariables(t *testing.T) {
	for _, p := range loadLibrary(t) {
		for _, problem := range variableProblems(p) {
			t.Error(problem)
		}
	}
}

func TestVariableProblems(t *testing.T) {
	const source = `package p
		import "sync"
		type pair struct{ a, b int }
		var Exported = 1
		var once sync.Once
		var table = map[string]int{}
		var list = []int{1, 2}
		var one pair
		var read = 5
		var pairs = []*pair{&one}
		var change = func() { list[0] = 1 }
		func f() *int {
			table["a"] = read
			delete(table, "b")
			list[1]++
			one.a = 1
			one.b, list = 2, nil
			for read = range 3 {
			}
			read := 6
			read = 7
			_ = read
			return &one.a
		}`
	const want = 11
	if got := variableProblems(checkSource(t, source)); len(got) != want {
		t.Errorf("found %d problems, want %d:\n%q", len(got), want, got)
	}
}

func variableProblems(p checkedPackage) []string {
	var problems []string
	for _, name := range p.types.Scope().Names() {
		variable, ok := p.types.Scope().Lookup(name).(*types.Var)
		if !ok {
			continue
		}
		if variable.Exported() {
			problems = append(problems, p.types.Path()+"."+name+" is an exported variable, which every importer can change: make it a constant or a function")
		}
		if typ := variable.Type().String(); strings.HasPrefix(typ, "sync.") || strings.HasPrefix(typ, "sync/atomic.") {
			problems = append(problems, p.types.Path()+"."+name+" is a variable of type "+typ+", which is there to be changed")
		}
	}
	for _, function := range functions(p) {
		ast.Inspect(function, func(node ast.Node) bool {
			for _, changed := range changedBy(node) {
				if variable := packageVariable(p, changed); variable != nil {
					problems = append(problems, position(node)+" changes "+variable.Name()+", a variable of the package")
				}
			}
			return true
		})
	}
	return problems
}

// functions lists the bodies of a package's functions: what runs after the
// package's variables have got their values.
func functions(p checkedPackage) []*ast.BlockStmt {
	var bodies []*ast.BlockStmt
	for _, f := range p.files {
		ast.Inspect(f, func(node ast.Node) bool {
			switch node := node.(type) {
			case *ast.FuncDecl:
				bodies = append(bodies, node.Body)
				return false
			case *ast.FuncLit:
				bodies = append(bodies, node.Body)
				return false
			}
			return true
		})
	}
	return bodies
}

// changedBy lists what a statement may change: what it assigns to, counts,
// hands out the address of, or deletes from.
func changedBy(node ast.Node) []ast.Expr {
	switch node := node.(type) {
	case *ast.AssignStmt:
		if node.Tok != token.DEFINE {
			return node.Lhs
		}
	case *ast.IncDecStmt:
		return []ast.Expr{node.X}
	case *ast.RangeStmt:
		if node.Tok == token.ASSIGN {
			return []ast.Expr{node.Key, node.Value}
		}
	case *ast.UnaryExpr:
		if node.Op == token.AND {
			return []ast.Expr{node.X}
		}
	case *ast.CallExpr:
		switch types.ExprString(node.Fun) {
		case "delete", "clear", "copy":
			return node.Args[:1]
		}
	}
	return nil
}

// packageVariable is the variable of the package that an expression is part
// of, if any.
func packageVariable(p checkedPackage, expr ast.Expr) *types.Var {
	switch expr := expr.(type) {
	case *ast.Ident:
		if variable, ok := p.info.Uses[expr].(*types.Var); ok && variable.Parent() == p.types.Scope() {
			return variable
		}
	case *ast.SelectorExpr:
		return packageVariable(p, expr.X)
	case *ast.IndexExpr:
		return packageVariable(p, expr.X)
	case *ast.SliceExpr:
		return packageVariable(p, expr.X)
	case *ast.StarExpr:
		return packageVariable(p, expr.X)
	case *ast.ParenExpr:
		return packageVariable(p, expr.X)
	}
	return nil
}
