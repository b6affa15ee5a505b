// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ast/inspector"
)

// A mutant is the package with one mistake in it.
type mutant struct {
	id     int // as the instrumented package knows it, from 1
	file   string
	line   int
	text   string // the line of the source, without indentation
	change string // such as "< to <="
}

// A site is a piece of source that says in the instrumented package which of
// its mutants is active. Sites are nested, never overlapping.
type site struct {
	start, end int // offsets
	kind       siteKind
	typ        string // of the value of a number
	variants   []variant
}

type variant struct {
	id   int
	text string // in place of the site
}

type siteKind int

const (
	truth     siteKind = iota // an expression of type bool
	number                    // an expression of another type
	statement                 // a simple statement
	jump                      // break or continue
)

// An instrumenter rewrites the files of a package so that it contains all its mutants,
// and the function mutated selects the active one.
type instrumenter struct {
	pkg     *types.Package
	info    *types.Info
	fset    *token.FileSet
	mutants []mutant

	source []byte // of the file that is being looked at
	name   string
	sites  map[ast.Node]*site
}

func (in *instrumenter) file(name string, file *ast.File, source []byte) []byte {
	in.name, in.source, in.sites = name, source, map[ast.Node]*site{}
	for c := range inspector.New([]*ast.File{file}).Root().Preorder() {
		in.visit(c)
	}
	sites := make([]*site, 0, len(in.sites))
	for _, s := range in.sites {
		sites = append(sites, s)
	}
	slices.SortFunc(sites, func(a, b *site) int {
		return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(b.end, a.end))
	})
	return []byte(in.render(0, len(source), sites))
}

func (in *instrumenter) visit(c inspector.Cursor) {
	switch n := c.Node().(type) {
	case *ast.BinaryExpr:
		in.binary(n)
	case *ast.UnaryExpr:
		in.unary(n)
	case *ast.IncDecStmt:
		in.replaceToken(n, n.TokPos, n.Tok, swapped[n.Tok])
	case *ast.AssignStmt:
		if other, ok := swapped[n.Tok]; ok && in.isNumber(n.Lhs[0]) {
			in.replaceToken(n, n.TokPos, n.Tok, other)
		}
	case *ast.BranchStmt:
		in.branch(n, c)
	case *ast.CallExpr, *ast.Ident, *ast.SelectorExpr, *ast.IndexExpr:
		if e := n.(ast.Expr); in.isBool(e) && decides(c) {
			in.add(n, truth, "!("+in.text(n)+")", "negated "+strings.Join(strings.Fields(in.text(n)), " "))
		}
	}
}

// The operators that take each other's place.
var swapped = map[token.Token]token.Token{
	token.EQL: token.NEQ, token.NEQ: token.EQL,
	token.LSS: token.GEQ, token.GEQ: token.LSS,
	token.GTR: token.LEQ, token.LEQ: token.GTR,
	token.LAND: token.LOR, token.LOR: token.LAND,
	token.ADD: token.SUB, token.SUB: token.ADD,
	token.MUL: token.QUO, token.QUO: token.MUL, token.REM: token.MUL,
	token.AND: token.OR, token.OR: token.AND, token.XOR: token.AND, token.AND_NOT: token.AND,
	token.SHL: token.SHR, token.SHR: token.SHL,
	token.INC: token.DEC, token.DEC: token.INC,
	token.ADD_ASSIGN: token.SUB_ASSIGN, token.SUB_ASSIGN: token.ADD_ASSIGN,
	token.MUL_ASSIGN: token.QUO_ASSIGN, token.QUO_ASSIGN: token.MUL_ASSIGN, token.REM_ASSIGN: token.MUL_ASSIGN,
	token.AND_ASSIGN: token.OR_ASSIGN, token.OR_ASSIGN: token.AND_ASSIGN, token.XOR_ASSIGN: token.AND_ASSIGN,
	token.SHL_ASSIGN: token.SHR_ASSIGN, token.SHR_ASSIGN: token.SHL_ASSIGN,
	token.BREAK: token.CONTINUE, token.CONTINUE: token.BREAK,
}

// The comparison that differs at the boundary alone.
var shifted = map[token.Token]token.Token{
	token.LSS: token.LEQ, token.LEQ: token.LSS,
	token.GTR: token.GEQ, token.GEQ: token.GTR,
}

func (in *instrumenter) binary(e *ast.BinaryExpr) {
	other, ok := swapped[e.Op]
	switch {
	case !ok:
	case in.isBool(e):
		in.replaceToken(e, e.OpPos, e.Op, other)
		if boundary, ok := shifted[e.Op]; ok {
			in.replaceToken(e, e.OpPos, e.Op, boundary)
		}
	case in.isNumber(e) && in.atRunTime(e) && !(other == token.QUO && in.isZero(e.Y)):
		in.replaceToken(e, e.OpPos, e.Op, other)
	}
}

func (in *instrumenter) unary(e *ast.UnaryExpr) {
	switch {
	case e.Op == token.NOT && in.isBool(e):
		in.add(e, truth, in.text(e.X), "! left out")
	case e.Op == token.SUB && in.isNumber(e) && in.atRunTime(e):
		in.add(e, number, in.text(e.X), "- left out")
	}
}

// branch leaves out what doesn't compile: a loop without condition that ends
// a function must not be left by break.
func (in *instrumenter) branch(n *ast.BranchStmt, c inspector.Cursor) {
	other, ok := swapped[n.Tok]
	if !ok || n.Label != nil {
		return
	}
	for outer := range c.Enclosing((*ast.ForStmt)(nil), (*ast.RangeStmt)(nil), (*ast.FuncLit)(nil), (*ast.FuncDecl)(nil)) {
		switch loop := outer.Node().(type) {
		case *ast.RangeStmt:
			in.replaceToken(n, n.Pos(), n.Tok, other)
		case *ast.ForStmt:
			if other != token.BREAK || loop.Cond != nil {
				in.replaceToken(n, n.Pos(), n.Tok, other)
			}
		}
		return
	}
}

// decides reports whether the value of the expression decides where the
// program goes on, or is what a function answers.
func decides(c inspector.Cursor) bool {
	switch parent := c.Parent().Node().(type) {
	case *ast.IfStmt:
		return parent.Cond == c.Node()
	case *ast.ForStmt:
		return parent.Cond == c.Node()
	case *ast.CaseClause:
		tag := c.Parent().Parent().Parent().Node()
		s, ok := tag.(*ast.SwitchStmt)
		return ok && s.Tag == nil && slices.Contains(parent.List, c.Node().(ast.Expr))
	case *ast.BinaryExpr:
		return parent.Op == token.LAND || parent.Op == token.LOR
	case *ast.ReturnStmt:
		return true
	}
	return false
}

func (in *instrumenter) replaceToken(n ast.Node, pos token.Pos, old, new token.Token) {
	at := in.offset(pos)
	text := string(in.source[in.offset(n.Pos()):at]) + new.String() + string(in.source[at+len(old.String()):in.offset(n.End())])
	kind := number
	switch n := n.(type) {
	case *ast.BranchStmt:
		kind = jump
	case *ast.IncDecStmt, *ast.AssignStmt:
		kind = statement
	case ast.Expr:
		if in.isBool(n) {
			kind = truth
		}
	}
	in.add(n, kind, text, old.String()+" to "+new.String())
}

func (in *instrumenter) add(n ast.Node, kind siteKind, text, change string) {
	s := in.sites[n]
	if s == nil {
		s = &site{start: in.offset(n.Pos()), end: in.offset(n.End()), kind: kind}
		if kind == number {
			s.typ = types.TypeString(types.Default(in.info.TypeOf(n.(ast.Expr))), in.qualifier)
		}
		in.sites[n] = s
	}
	id := len(in.mutants) + 1
	s.variants = append(s.variants, variant{id, text})
	line := in.fset.Position(n.Pos()).Line
	if b, ok := n.(*ast.BinaryExpr); ok {
		line = in.fset.Position(b.OpPos).Line
	}
	in.mutants = append(in.mutants, mutant{
		id: id, file: in.name, line: line, change: change,
		text: strings.TrimSpace(strings.Split(string(in.source), "\n")[line-1]),
	})
}

// render writes source[start:end] with all sites in it. A variant keeps the
// source as it is, since no two mutants are active at once.
func (in *instrumenter) render(start, end int, sites []*site) string {
	var b strings.Builder
	for len(sites) > 0 {
		s := sites[0]
		inner := 1
		for inner < len(sites) && sites[inner].start < s.end {
			inner++
		}
		b.Write(in.source[start:s.start])
		b.WriteString(s.render(in.render(s.start, s.end, sites[1:inner])))
		start, sites = s.end, sites[inner:]
	}
	b.Write(in.source[start:end])
	return b.String()
}

func (s *site) render(original string) string {
	var b strings.Builder
	switch s.kind {
	case truth:
		for _, v := range s.variants {
			original = fmt.Sprintf("(mutated(%d) && (%s) || !mutated(%[1]d) && (%[3]s))", v.id, v.text, original)
		}
		return original
	case number:
		fmt.Fprintf(&b, "func() %s { ", s.typ)
		for _, v := range s.variants {
			fmt.Fprintf(&b, "if mutated(%d) { return %s }; ", v.id, v.text)
		}
		fmt.Fprintf(&b, "return %s }()", original)
	case statement:
		b.WriteString("func() { ")
		for _, v := range s.variants {
			fmt.Fprintf(&b, "if mutated(%d) { %s } else ", v.id, v.text)
		}
		fmt.Fprintf(&b, "{ %s } }()", original)
	case jump:
		for _, v := range s.variants {
			fmt.Fprintf(&b, "if mutated(%d) { %s } else ", v.id, v.text)
		}
		fmt.Fprintf(&b, "{ %s }", original)
	}
	return b.String()
}

func (in *instrumenter) offset(pos token.Pos) int { return in.fset.Position(pos).Offset }

func (in *instrumenter) text(n ast.Node) string {
	return string(in.source[in.offset(n.Pos()):in.offset(n.End())])
}

func (in *instrumenter) qualifier(p *types.Package) string {
	if p == in.pkg {
		return ""
	}
	return p.Name()
}

func (in *instrumenter) isBool(e ast.Expr) bool {
	t := in.info.TypeOf(e)
	return t != nil && types.Identical(types.Default(t), types.Typ[types.Bool])
}

func (in *instrumenter) isNumber(e ast.Expr) bool {
	t := in.info.TypeOf(e)
	if t == nil {
		return false
	}
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&types.IsNumeric != 0
}

// atRunTime reports whether the expression is evaluated at run time. A constant can't be
// replaced, because the language may require a constant in its place.
func (in *instrumenter) atRunTime(e ast.Expr) bool { return in.info.Types[e].Value == nil }

func (in *instrumenter) isZero(e ast.Expr) bool {
	v := in.info.Types[e].Value
	return v != nil && v.Kind() == constant.Int && constant.Sign(v) == 0
}
