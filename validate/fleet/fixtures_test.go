// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package fleet_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	serializer "k8s.io/apimachinery/pkg/runtime/serializer/json"
	utilruntime "k8s.io/apimachinery/pkg/util/runtime"

	"github.com/hostprocess-go/sdk/validate/fleet"
)

// A fixture is workloads, and nodes if there are any, one document each. Its leading
// comments list the expected conflicts: after "# want: " the severity, the resource, each
// claim, and the number and the names of nodes, separated by " | ".
//
// Its file is testdata/<kind>/fail-<case>.yaml if there must be a conflict, and
// pass-<case>.yaml if there must be none.
type fixture struct {
	name    string
	want    []string
	objects []runtime.Object
}

func TestFixtures(t *testing.T) {
	count := map[string][2]int{}
	for _, f := range fixtures(t) {
		t.Run(f.name, func(t *testing.T) {
			if diff := cmp.Diff(f.want, summaries(conflictsOf(t, f.objects))); diff != "" {
				t.Errorf("conflicts (-want +got):\n%s", diff)
			}
			// The order in which they are added must not matter.
			slices.Reverse(f.objects)
			if diff := cmp.Diff(f.want, summaries(conflictsOf(t, f.objects))); diff != "" {
				t.Errorf("conflicts, added in reverse (-want +got):\n%s", diff)
			}
		})
		kind, name, _ := strings.Cut(f.name, "/")
		c := count[kind]
		if strings.HasPrefix(name, "fail-") {
			c[0]++
		} else {
			c[1]++
		}
		count[kind] = c
	}
	for _, kind := range []string{"port", "socket", "driver", "path", "group", "firewall"} {
		if c := count[kind]; c[0] < 2 || c[1] < 2 {
			t.Errorf("%s has %d fixtures that fail and %d that pass; it needs two of each", kind, c[0], c[1])
		}
	}
}

// TestTexts: each conflict has a message and a fix, and its text names both claims.
func TestTexts(t *testing.T) {
	for _, f := range fixtures(t) {
		for _, c := range conflictsOf(t, f.objects) {
			text := c.String()
			for _, part := range []string{c.What, c.Claims[0].Workload, c.Claims[0].Field, c.Claims[1].Workload, c.Claims[1].Field, c.Message, c.Fix, c.Severity.String()} {
				if part == "" || !strings.Contains(text, part) {
					t.Errorf("%s: %q is missing in %s", f.name, part, text)
				}
			}
			if more := c.NodeCount - len(c.Nodes); more > 0 && !strings.Contains(c.Message, fmt.Sprintf(" %d more", more)) || more == 0 && strings.Contains(c.Message, "more:") {
				t.Errorf("%s: the message doesn't mention %d more nodes: %s", f.name, more, c.Message)
			}
			for _, name := range c.Nodes {
				if !strings.Contains(c.Message, name) {
					t.Errorf("%s: the message doesn't name %s: %s", f.name, name, c.Message)
				}
			}
		}
	}
}

func fixtures(t testing.TB) []fixture {
	t.Helper()
	paths, err := filepath.Glob("testdata/*/*.yaml")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no fixtures found: %v", err)
	}
	var list []fixture
	for _, path := range paths {
		f := fixture{name: strings.TrimPrefix(filepath.ToSlash(path), "testdata/")}
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			if want, ok := strings.CutPrefix(line, "# want: "); ok {
				f.want = append(f.want, strings.TrimSpace(want))
			}
		}
		name := filepath.Base(path)
		if fails := strings.HasPrefix(name, "fail-"); fails != (f.want != nil) || !fails && !strings.HasPrefix(name, "pass-") {
			t.Fatalf("%s: name it fail-… if it has conflicts, and pass-… if not", path)
		}
		for document := range bytes.SplitSeq(text, []byte("\n---\n")) {
			f.objects = append(f.objects, decode(t, path, document))
		}
		list = append(list, f)
	}
	return list
}

// decode reads a manifest strictly, so that a misspelt field can't make a fixture pass.
func decode(t testing.TB, path string, text []byte) runtime.Object {
	t.Helper()
	object, _, err := decoder(true).Decode(text, nil, nil)
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return object
}

func decoder(strict bool) runtime.Decoder {
	scheme := runtime.NewScheme()
	utilruntime.Must(errors.Join(corev1.AddToScheme(scheme), appsv1.AddToScheme(scheme), batchv1.AddToScheme(scheme)))
	return serializer.NewSerializerWithOptions(serializer.DefaultMetaFactory, scheme, scheme, serializer.SerializerOptions{Yaml: true, Strict: strict})
}

func conflictsOf(t testing.TB, objects []runtime.Object) []fleet.Conflict {
	t.Helper()
	var f fleet.Fleet
	for _, object := range objects {
		if err := f.Add(object); err != nil {
			t.Fatal(err)
		}
	}
	return f.Conflicts()
}

func summaries(conflicts []fleet.Conflict) []string {
	var list []string
	for _, c := range conflicts {
		nodes := append([]string{strconv.Itoa(c.NodeCount)}, c.Nodes...)
		list = append(list, strings.Join([]string{c.Severity.String(), c.What, claim(c.Claims[0]), claim(c.Claims[1]), strings.Join(nodes, " ")}, " | "))
	}
	return list
}

func claim(c fleet.Claim) string { return c.Workload + " " + c.Field }
