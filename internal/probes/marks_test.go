// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package probes

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Every mark has a probe, or a reason why it has none, and every probe settles marks that
// there are.
func TestMarks(t *testing.T) {
	marks := Marks()
	known := map[string]bool{}
	for _, m := range marks {
		if known[m.Name] {
			t.Errorf("%s is listed twice", m.Name)
		}
		known[m.Name] = true
		if (len(m.Probes) == 0) != (m.Reason != "") {
			t.Errorf("%s has the probes %q and the reason %q: it needs one of the two", m.Name, m.Probes, m.Reason)
		}
	}
	for _, p := range All() {
		for _, mark := range p.Settles {
			if !known[mark] {
				t.Errorf("%s settles %s, which is no mark any more", p.Name, mark)
			}
		}
	}
	for name := range reasons() {
		if !known[name] {
			t.Errorf("there is a reason for %s, which is no mark any more", name)
		}
	}
}

// The comments with the word UNVERIFIED are those that are listed, and name their probes.
func TestComments(t *testing.T) {
	root := os.DirFS("../..")
	var found []comment
	err := fs.WalkDir(root, ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (entry.Name() == "testdata" || name == "internal/probes" || name != "." && strings.HasPrefix(entry.Name(), ".")):
			return fs.SkipDir
		case entry.IsDir() || path.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go"):
			return nil
		}
		source, err := fs.ReadFile(root, name)
		if err != nil || !strings.Contains(string(source), word) {
			return err
		}
		marks, err := marksOf(name, source)
		found = append(found, marks...)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.SortStableFunc(found, func(a, b comment) int { return strings.Compare(a.name, b.name) })
	probes := map[string][]string{}
	for _, m := range Marks() {
		probes[m.Name] = m.Probes
	}
	number := map[string]int{}
	var names []string
	for _, c := range found {
		if number[c.name]++; number[c.name] > 1 {
			c.name = fmt.Sprintf("%s#%d", c.name, number[c.name])
		}
		names = append(names, c.name)
		for _, probe := range probes[c.name] {
			if !strings.Contains(c.text, "probe "+probe) {
				t.Errorf("the comment of %s doesn't name the probe %s, which settles it", c.name, probe)
			}
		}
	}
	if diff := cmp.Diff(comments(), names); diff != "" {
		t.Errorf("the marks in comments (-listed +found):\n%s", diff)
	}
}

// comment is one with the word: what it is about, and its text in one line.
type comment struct{ name, text string }

const word = "UNVERIFIED"

// marksOf names what the comments of a file with the word are about.
func marksOf(name string, source []byte) ([]comment, error) {
	file, err := parser.ParseFile(token.NewFileSet(), name, source, parser.ParseComments)
	if err != nil {
		return nil, err
	}
	var marks []comment
	for _, group := range file.Comments {
		for range strings.Count(group.Text(), word) {
			marks = append(marks, comment{path.Dir(name) + symbol(file, group), strings.Join(strings.Fields(group.Text()), " ")})
		}
	}
	return marks, nil
}

// symbol returns a dot and the symbol that a comment documents, or that it is inside of.
func symbol(file *ast.File, group *ast.CommentGroup) string {
	if group == file.Doc {
		return ""
	}
	for _, d := range file.Decls {
		if group.Pos() > d.End() {
			continue
		}
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil {
				return "." + d.Name.Name
			}
			receiver := d.Recv.List[0].Type
			if star, ok := receiver.(*ast.StarExpr); ok {
				receiver = star.X
			}
			return fmt.Sprintf(".%v.%s", receiver, d.Name.Name)
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				if group.Pos() > spec.End() {
					continue
				}
				switch spec := spec.(type) {
				case *ast.TypeSpec:
					return "." + spec.Name.Name
				case *ast.ValueSpec:
					return "." + spec.Names[0].Name
				}
			}
		}
		break
	}
	return ""
}
