// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package conformance

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/yaml"
)

// TestFixtures compares what the fixtures of package validate want with what
// the API servers say of them.
func TestFixtures(t *testing.T) {
	references := map[kubernetes]*reference{}
	for _, d := range fixtures(t) {
		k := atMost(t, d.minor)
		if references[k] == nil {
			references[k] = k.start(t)
		}
		a, unknown := d.check(t, k, references[k])
		if a.Decode != "" && !(k.minor < newest && strings.Contains(a.Decode, "unknown field")) {
			t.Errorf("%s: the API server of %s can't read it: %s", d.path, k, a.Decode)
		}
		if len(unknown) > 0 {
			t.Errorf("%s: add these errors of the API server to one of the tables in compare_test.go: %v", d.path, unknown)
		}
	}
}

// fixtures reads the fixtures of package validate.
func fixtures(t *testing.T) []document {
	t.Helper()
	paths, err := filepath.Glob("../../validate/testdata/*/*.yaml")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no fixtures: %v", err)
	}
	var all []document
	for _, path := range paths {
		all = append(all, documents(t, path)...)
	}
	return all
}

var minorLine = regexp.MustCompile(`(?m)^# minor: (\d+)$`)

// minorOf is the Kubernetes minor that a fixture is judged for.
func minorOf(t testing.TB, text []byte) int {
	match := minorLine.FindSubmatch(text)
	if match == nil {
		return newest
	}
	minor, err := strconv.Atoi(string(match[1]))
	if err != nil {
		t.Fatal(err)
	}
	return minor
}

// atMost is the newest version that isn't newer than a minor.
func atMost(t *testing.T, minor int) kubernetes {
	for i := len(versions) - 1; i >= 0; i-- {
		if versions[i].minor <= minor {
			return versions[i]
		}
	}
	t.Fatalf("no version as old as 1.%d is compared", minor)
	return kubernetes{}
}

// document is one object of a manifest.
type document struct {
	path string
	// minor is the Kubernetes minor that the file is for.
	minor  int
	object object
	data   []byte
}

// documents reads the objects of a file that hold a pod, also those in a List.
// It passes over other kinds, and over documents that are no YAML.
func documents(t testing.TB, path string) []document {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var all []document
	for reader := utilyaml.NewYAMLReader(bufio.NewReader(bytes.NewReader(text))); ; {
		part, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		var o object
		if yaml.Unmarshal(part, &o) != nil {
			continue
		}
		parts := list{o}
		if kind, _ := o["kind"].(string); strings.HasSuffix(kind, "List") {
			parts = items(o, "items")
		}
		for _, part := range parts {
			o, _ := part.(object)
			data, err := json.Marshal(o)
			if err != nil {
				t.Fatalf("%s: %v", path, err)
			}
			kind, _ := o["kind"].(string)
			if _, err := newObject(kind); err == nil {
				all = append(all, document{path, minorOf(t, text), o, data})
			}
		}
	}
}

// check compares the two sides' errors about a document. It returns the API
// server's answer, and those of its errors that the tables don't know.
func (d document) check(t *testing.T, k kubernetes, ref *reference) (a answer, unknown []cause) {
	t.Helper()
	answers, err := ref.create(d.data)
	if err != nil {
		t.Fatalf("%s: %v", d.path, err)
	}
	a = answers[0]
	c, err := compare(d.object, d.data, k.minor, a)
	if err != nil {
		if a.Decode == "" {
			t.Errorf("%s: %v", d.path, err)
		}
		return a, nil
	}
	for _, disagreement := range c.disagreements {
		t.Errorf("%s, Kubernetes %s: %s", d.path, k, disagreement)
	}
	return a, c.unknown
}

// corpusFlag is a folder with manifests that other people wrote, and with what
// the API server says of them.
var corpusFlag = flag.String("corpus", filepath.Join("..", "..", "..", "shared", "corpus"), "a folder with manifests/ and apiserver-1.37.2.jsonl")

// recorded is a line of the corpus' answers: what an API server said of one
// object of a file.
type recorded struct {
	File, Kind, Name, Decode string
	Errors                   []struct{ Type, Field string }
}

// TestCorpus compares the rules with the API server on the manifests of a
// corpus, and our reference with the answers recorded beside them. What else is
// wrong with other people's pods is not looked at. It compares nothing where
// there is no corpus.
func TestCorpus(t *testing.T) {
	answers, err := os.ReadFile(filepath.Join(*corpusFlag, "apiserver-1.37.2.jsonl"))
	if errors.Is(err, os.ErrNotExist) {
		t.Logf("no corpus in %s", *corpusFlag)
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	want := map[string][]recorded{}
	for decoder := json.NewDecoder(bytes.NewReader(answers)); ; {
		var r recorded
		if err := decoder.Decode(&r); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		// A document that no type fits has no kind there.
		if r.Kind != "" {
			want[r.File] = append(want[r.File], r)
		}
	}
	k := atMost(t, newest)
	ref := k.start(t)
	objects := 0
	for file, records := range want {
		var got []recorded
		for _, d := range documents(t, filepath.Join(*corpusFlag, "manifests", file)) {
			a, _ := d.check(t, k, ref)
			name, _ := d.object["metadata"].(object)["name"].(string)
			r := recorded{File: file, Kind: d.object["kind"].(string), Name: name}
			for _, e := range a.Errors {
				r.Errors = append(r.Errors, struct{ Type, Field string }{e.Type, e.Field})
			}
			got = append(got, r)
			objects++
		}
		for i := range records {
			records[i].Decode = ""
			if len(records[i].Errors) == 0 {
				records[i].Errors = nil
			}
		}
		if diff := cmp.Diff(records, got); diff != "" {
			t.Errorf("%s: our reference differs from the recorded answer (-recorded +ours):\n%s", file, diff)
		}
	}
	t.Logf("%d objects of %d files", objects, len(want))
}
