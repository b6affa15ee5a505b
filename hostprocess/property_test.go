// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package hostprocess_test

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/hostprocess-go/sdk/hostprocess"
	"github.com/hostprocess-go/sdk/hostprocess/convert"
	"github.com/hostprocess-go/sdk/internal/podgen"
)

// After any calls, Build returns mistakes that name a call and an argument, or a spec in
// which package validate finds no error.
func TestRandomCalls(t *testing.T) {
	exported := exportedFunctions(t)
	r := rand.New(rand.NewPCG(1, 2))
	sequences := 100_000
	if testing.Short() {
		sequences /= 100
	}
	built := 0
	for range sequences {
		sequence := podgen.Random(r, 20)
		p := sequence.Pod()
		problem := wrong(p, exported)
		if problem != "" {
			shrunk := sequence.Shrink(func(p hostprocess.Pod) bool { return wrong(p, exported) != "" })
			t.Fatalf("%s\nwith the calls %d", wrong(shrunk.Pod(), exported), shrunk)
		}
		if _, err := p.Build(); err == nil {
			built++
		}
	}
	if built < sequences/10 {
		t.Errorf("only %d of %d pods could be built: the test shows little", built, sequences)
	}
	t.Logf("%d of %d pods were built", built, sequences)
}

// wrong returns the property that a pod violates, or "".
func wrong(p hostprocess.Pod, exported map[string]bool) string {
	spec, err := p.Build()
	if err == nil {
		if spec == nil {
			return "there is neither a spec nor an error"
		}
		return ""
	}
	var failed *hostprocess.BuildError
	if spec != nil || !errors.As(err, &failed) || len(failed.Mistakes) == 0 {
		return fmt.Sprintf("spec %v, error %T", spec, err)
	}
	for _, m := range failed.Mistakes {
		if !exported[m.Method] || m.Method == "Edit" || m.Argument == "" || m.Err == nil {
			return fmt.Sprintf("%#v doesn't say which call is wrong: %v", m, m)
		}
	}
	return ""
}

// exportedFunctions are the names of all exported functions and methods.
func exportedFunctions(t testing.TB) map[string]bool {
	t.Helper()
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, entry := range entries {
		if !strings.HasSuffix(entry.Name(), ".go") || strings.HasSuffix(entry.Name(), "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), entry.Name(), nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, declared := range file.Decls {
			if function, ok := declared.(*ast.FuncDecl); ok && function.Name.IsExported() {
				names[function.Name.Name] = true
			}
		}
	}
	return names
}

// Every pod that can be built can be built as each kind of workload, or there is an
// error. The result needs no conversion, and From builds it again.
func TestRandomWorkloads(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 2000 {
		p := podgen.Random(r, 10).Pod()
		spec, err := p.Build()
		if err == nil {
			if conversion, err := convert.Workload(spec); err != nil || conversion.Changes != nil {
				t.Errorf("converted: %v, %v", conversion.Changes, err)
			}
			again, _ := hostprocess.From(spec).Edit(func(spec *corev1.PodSpec) {}).PodTemplateSpec()
			if again != nil && !cmp.Equal(*spec, again.Spec) {
				t.Errorf("started with and built again (-before +after)\n%s", cmp.Diff(*spec, again.Spec))
			}
		}
		for kind, build := range workloads(p, metav1.ObjectMeta{Name: "x"}) {
			object, failed := build()
			if err != nil && failed == nil {
				t.Errorf("a %s was built of a pod that can't be built: %v", kind, object)
			}
			var mistakes *hostprocess.BuildError
			if failed != nil && !errors.As(failed, &mistakes) {
				t.Errorf("%s: %T %v", kind, failed, failed)
			}
		}
	}
}
