// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package repotest

import (
	"flag"
	"fmt"
	"go/types"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite testdata/api.txt")

const apiFile = "testdata/api.txt"

// The exported surface is a promise, so every change of it has to be recorded in apiFile.
func TestAPI(t *testing.T) {
	var lines []string
	for _, p := range library(t) {
		lines = append(lines, api(p)...)
	}
	slices.Sort(lines)
	got := strings.Join(lines, "\n") + "\n"
	if *update {
		if err := os.WriteFile(apiFile, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(apiFile)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("the exported surface differs from %s (-recorded +now).\nIf that is meant, and no line that was released is removed or changed, record it:\n\tgo test ./internal/repotest -run TestAPI -update\n%s", apiFile, diff)
	}
}

// api lists the exported surface of a package, one line for each symbol.
func api(p *types.Package) []string {
	a := apiLister{pkg: p}
	for _, name := range p.Scope().Names() {
		if object := p.Scope().Lookup(name); object.Exported() {
			a.object(object)
		}
	}
	return a.lines
}

type apiLister struct {
	pkg   *types.Package
	lines []string
}

func (a *apiLister) add(format string, args ...any) {
	name := strings.TrimPrefix(a.pkg.Path(), modulePath+"/")
	a.lines = append(a.lines, name+": "+fmt.Sprintf(format, args...))
}

// text prints a type, qualified with the last elements of its package's path, so that
// core/v1 and apps/v1 differ.
func (a *apiLister) text(typ types.Type) string {
	return types.TypeString(typ, func(other *types.Package) string {
		if other == a.pkg {
			return ""
		}
		folder, name := path.Split(other.Path())
		if version.MatchString(name) {
			return path.Base(folder) + "/" + name
		}
		return name
	})
}

var version = regexp.MustCompile(`^v[0-9]+`)

func (a *apiLister) signature(function types.Object) string {
	return function.Name() + strings.TrimPrefix(a.text(function.Type()), "func")
}

func (a *apiLister) object(object types.Object) {
	switch object := object.(type) {
	case *types.Const:
		a.add("const %s %s = %s", object.Name(), a.text(object.Type()), object.Val().ExactString())
	case *types.Var:
		a.add("var %s %s", object.Name(), a.text(object.Type()))
	case *types.Func:
		a.add("func %s", a.signature(object))
	case *types.TypeName:
		a.typeName(object)
	}
}

func (a *apiLister) typeName(object *types.TypeName) {
	if object.IsAlias() {
		a.add("type %s = %s", object.Name(), a.text(types.Unalias(object.Type())))
		return
	}
	named := object.Type().(*types.Named)
	name := named.Obj().Name()
	switch underlying := named.Underlying().(type) {
	case *types.Struct:
		a.structure(name, named, underlying)
	case *types.Interface:
		a.contract(name, underlying)
	default:
		a.add("type %s %s", name, a.text(underlying))
	}
	for method := range named.Methods() {
		if method.Exported() {
			a.add("method (%s) %s", a.text(method.Signature().Recv().Type()), a.signature(method))
		}
	}
}

// structure also reports whether values are comparable, because losing that breaks
// importers.
func (a *apiLister) structure(name string, named *types.Named, structure *types.Struct) {
	if types.Comparable(named) {
		a.add("type %s struct, comparable", name)
	} else {
		a.add("type %s struct", name)
	}
	for field := range structure.Fields() {
		switch {
		case field.Embedded() && field.Exported():
			a.add("type %s struct, embedded %s", name, a.text(field.Type()))
		case field.Exported():
			a.add("type %s struct, field %s %s", name, field.Name(), a.text(field.Type()))
		}
	}
}

func (a *apiLister) contract(name string, contract *types.Interface) {
	sealed := false
	for method := range contract.Methods() {
		if method.Exported() {
			a.add("type %s interface, %s", name, a.signature(method))
		}
		sealed = sealed || !method.Exported()
	}
	if !contract.IsMethodSet() {
		a.add("type %s interface, one of %s", name, a.text(contract.EmbeddedType(0)))
	}
	if sealed {
		a.add("type %s interface, sealed by unexported methods", name)
	}
}
