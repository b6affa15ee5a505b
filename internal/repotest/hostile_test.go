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

// Nothing that is exported panics, whatever is passed, nor returns both a value
// and an error. What is exported is known to the compiler only, so a program is
// built from that, and run.
func TestHostileValues(t *testing.T) {
	var imports, entries strings.Builder
	for i, p := range library(t) {
		fmt.Fprintf(&imports, "import p%d %q\n", i, p.Path())
		for _, name := range p.Scope().Names() {
			object := p.Scope().Lookup(name)
			if !object.Exported() {
				continue
			}
			format := "exported[%q] = p%d.%s\n"
			switch object.(type) {
			case *types.Const:
				continue
			case *types.TypeName:
				format = "exported[%q] = (*p%d.%s)(nil)\n"
			}
			fmt.Fprintf(&entries, format, strings.TrimPrefix(p.Path(), modulePath+"/")+"."+name, i, name)
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
