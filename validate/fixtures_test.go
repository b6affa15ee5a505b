// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate_test

import (
	"bufio"
	"bytes"
	"errors"
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

	"github.com/hostprocess-go/sdk/validate"
)

// A fixture is a manifest. Its leading comments list the expected findings:
//
//	# want: <rule id> <field>      one line for each finding, in any order
//	# targets: <target> …          what it is judged for; see ParseTarget
//	# minor: <number>              the Kubernetes minor
//
// A second document, after a line of three hyphens, is a Namespace that the pod
// is to be created in, or a Node that it is to run on.
//
// Its file is testdata/<rule id>/fail-<case>.yaml if the rule must find something, and
// pass-<case>.yaml if it must not. Findings of other rules are listed as well: an
// unexpected finding fails like a missing one.
type fixture struct {
	path      string
	rule      validate.RuleID
	fails     bool
	want      []string
	validator validate.Validator
	object    runtime.Object
	cluster   runtime.Object // nil, a Namespace or a Node
}

func TestFixtures(t *testing.T) {
	count := map[validate.RuleID][2]int{}
	for _, path := range fixturePaths(t) {
		f := readFixture(t, path)
		t.Run(strings.TrimPrefix(path, "testdata/"), func(t *testing.T) { f.test(t) })
		c := count[f.rule]
		if f.fails {
			c[0]++
		} else {
			c[1]++
		}
		count[f.rule] = c
	}
	for _, rule := range validate.Rules() {
		if c := count[rule.ID]; c[0] < 2 || c[1] < 2 {
			t.Errorf("rule %s has %d fixtures that fail and %d that pass in testdata/%s: write two of each", rule.ID, c[0], c[1], rule.ID)
		}
		delete(count, rule.ID)
	}
	for id := range count {
		t.Errorf("testdata/%s has fixtures, but there is no rule of that id", id)
	}
}

func (f fixture) test(t *testing.T) {
	findings, err := f.validator.Object(f.object)
	if err != nil {
		t.Fatal(err)
	}
	checkTraits(t, f.validator, f.object, findings)
	spec, err := validate.PodSpecOf(f.object)
	if err != nil {
		t.Fatal(err)
	}
	switch o := f.cluster.(type) {
	case *corev1.Namespace:
		findings = append(findings, f.validator.Namespace(o, spec)...)
	case *corev1.Node:
		findings = append(findings, f.validator.Node(o, spec)...)
	}
	var got []string
	for _, finding := range findings {
		got = append(got, string(finding.Rule)+" "+finding.Field)
	}
	slices.Sort(got)
	slices.Sort(f.want)
	if diff := cmp.Diff(f.want, got); diff != "" {
		t.Errorf("findings differ from the fixture's want lines (-want +got):\n%s\nfindings:\n%v", diff, findings)
	}
	if wanted := slices.ContainsFunc(f.want, func(w string) bool { return strings.HasPrefix(w, string(f.rule)+" ") }); wanted != f.fails {
		t.Errorf("a fixture named fail-… needs a finding of %s, and one named pass-… none", f.rule)
	}
}

func fixturePaths(t testing.TB) []string {
	t.Helper()
	paths, err := filepath.Glob("testdata/*/*.yaml")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no fixtures found: %v", err)
	}
	for i := range paths {
		paths[i] = filepath.ToSlash(paths[i])
	}
	paths = slices.DeleteFunc(paths, func(path string) bool {
		return strings.HasPrefix(path, "testdata/good/") // see TestGoodPods
	})
	for i := range paths {
		if name := filepath.Base(paths[i]); !strings.HasPrefix(name, "fail-") && !strings.HasPrefix(name, "pass-") {
			t.Fatalf("%s: name it fail-… or pass-…", paths[i])
		}
	}
	return paths
}

func readFixture(t testing.TB, path string) fixture {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	folder, name, _ := strings.Cut(strings.TrimPrefix(path, "testdata/"), "/")
	f := fixture{path: path, rule: validate.RuleID(folder), fails: strings.HasPrefix(name, "fail-")}
	for lines := bufio.NewScanner(bytes.NewReader(text)); lines.Scan(); {
		key, value, _ := strings.Cut(lines.Text(), ": ")
		switch key {
		case "# want":
			f.want = append(f.want, strings.TrimSpace(value))
		case "# targets":
			for _, word := range strings.Fields(value) {
				target, err := validate.ParseTarget(word)
				if err != nil {
					t.Fatalf("%s: %v", path, err)
				}
				f.validator.Targets = append(f.validator.Targets, target)
			}
		case "# minor":
			if f.validator.KubernetesMinor, err = strconv.Atoi(value); err != nil {
				t.Fatalf("%s: %v", path, err)
			}
		}
	}
	text, second, both := bytes.Cut(text, []byte("\n---\n"))
	f.object = decode(t, path, text)
	if both {
		f.cluster = decode(t, path, second)
	}
	return f
}

// decode reads a manifest strictly, so that a misspelt field can't make a
// fixture pass.
func decode(t testing.TB, path string, text []byte) runtime.Object {
	t.Helper()
	object, _, err := decoder(true).Decode(text, nil, nil)
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return object
}

// decoder reads the manifests of everything that can be judged.
func decoder(strict bool) runtime.Decoder {
	scheme := runtime.NewScheme()
	utilruntime.Must(errors.Join(corev1.AddToScheme(scheme), appsv1.AddToScheme(scheme), batchv1.AddToScheme(scheme)))
	return serializer.NewSerializerWithOptions(serializer.DefaultMetaFactory, scheme, scheme, serializer.SerializerOptions{Yaml: true, Strict: strict})
}

// TestGoodPods validates typical pods without mistakes: on every kind of node, or on
// those in their targets line, with and without spec.os, no finding may be more than
// advice.
func TestGoodPods(t *testing.T) {
	paths, err := filepath.Glob("testdata/good/*.yaml")
	if err != nil || len(paths) < 100 {
		t.Fatalf("only %d good pods: %v", len(paths), err)
	}
	for _, path := range paths {
		f := readFixture(t, filepath.ToSlash(path))
		meant := f.validator.Targets
		var sets [][]validate.Target
		if len(meant) == 0 {
			meant = everyMode
			sets = append(sets, nil)
		}
		sets = append(sets, meant)
		for i := range meant {
			sets = append(sets, meant[i:i+1])
		}
		spec, err := validate.PodSpecOf(f.object)
		if err != nil || !validate.IsHostProcess(spec) {
			t.Errorf("%s: no HostProcess pod: %v", path, err)
			continue
		}
		for _, os := range []*corev1.PodOS{nil, {Name: corev1.Windows}} {
			spec.OS = os
			for _, targets := range sets {
				findings, err := validate.Validator{Targets: targets}.Object(f.object)
				if err != nil {
					t.Errorf("%s: %v", path, err)
				}
				for _, finding := range findings {
					if finding.Severity != validate.SeverityInfo {
						t.Errorf("%s, os %v, targets %v: %v", path, os, targets, finding)
					}
				}
			}
		}
	}
}
