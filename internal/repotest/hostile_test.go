// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package repotest

import (
	"encoding/json"
	"fmt"
	"go/types"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// terms are the types that a constraint lists.
func terms(constraint types.Type) (all []types.Type) {
	contract := constraint.Underlying().(*types.Interface)
	for i := range contract.NumEmbeddeds() {
		switch embedded := contract.EmbeddedType(i).(type) {
		case *types.Union:
			for i := range embedded.Len() {
				all = append(all, embedded.Term(i).Type())
			}
		default:
			all = append(all, embedded)
		}
	}
	return all
}

// No exported function panics for any arguments, or returns both a value and an error.
// Only the compiler knows the exported symbols, so the test generates a program from them
// and runs it.
func TestHostileValues(t *testing.T) {
	var imports, entries strings.Builder
	names := map[*types.Package]string{}
	imported := func(p *types.Package) string {
		if names[p] == "" {
			names[p] = fmt.Sprintf("p%d", len(names))
			fmt.Fprintf(&imports, "import %s %q\n", names[p], p.Path())
		}
		return names[p]
	}
	for _, p := range library(t) {
		for _, name := range p.Scope().Names() {
			object := p.Scope().Lookup(name)
			if !object.Exported() {
				continue
			}
			format := "exported[%q] = %s\n"
			var parameters *types.TypeParamList
			switch object := object.(type) {
			case *types.Const:
				continue
			case *types.TypeName:
				if contract, ok := object.Type().Underlying().(*types.Interface); ok && !contract.IsMethodSet() {
					continue // there are no values of it
				}
				format = "exported[%q] = (*%s)(nil)\n"
				if named, ok := object.Type().(*types.Named); ok {
					parameters = named.TypeParams()
				}
			case *types.Func:
				parameters = object.Signature().TypeParams()
			}
			key, value := strings.TrimPrefix(p.Path(), modulePath+"/")+"."+name, imported(p)+"."+name
			if parameters.Len() == 0 {
				fmt.Fprintf(&entries, format, key, value)
				continue
			}
			for _, term := range terms(parameters.At(0).Constraint()) {
				argument := "[" + types.TypeString(term, imported) + "]"
				fmt.Fprintf(&entries, format, key+argument, value+argument)
			}
		}
	}
	dir := t.TempDir()
	source, program := filepath.Join(dir, "exported.go"), filepath.Join(dir, "hostile.exe")
	added, err := filepath.Abs("hostile/exported.go")
	if err != nil {
		t.Fatal(err)
	}
	overlay, err := json.Marshal(map[string]any{"Replace": map[string]string{added: source}})
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		source:                             fmt.Sprintf("package main\n\n%s\nfunc init() {\n%s}\n", &imports, &entries),
		filepath.Join(dir, "overlay.json"): string(overlay),
	} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	goCommand(t, "build", "-overlay", filepath.Join(dir, "overlay.json"), "-o", program, "./internal/repotest/hostile")
	cmd := exec.Command(program)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
