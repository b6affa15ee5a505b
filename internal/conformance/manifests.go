// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package conformance

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/yaml"
)

// Fixtures compares the findings that the fixtures of package validate expect with the
// errors of the API servers that run the code of the minor source.
func Fixtures(t *testing.T, source int) {
	references := map[kubernetes]*reference{}
	for _, d := range fixtures(t) {
		k := atMost(t, d.minor)
		if k.source != source {
			continue
		}
		if references[k] == nil {
			references[k] = k.start(t)
		}
		a, unknown := d.check(t, k, references[k])
		if a.Decode != "" && !(k.minor < newest && strings.Contains(a.Decode, "unknown field")) {
			t.Errorf("%s: the API server of %s can't read it: %s", d.path, k, a.Decode)
		}
		if len(unknown) > 0 {
			t.Errorf("%s: add these errors of the API server to one of the tables in compare.go: %v", d.path, unknown)
		}
	}
}

// fixtures reads the fixtures of package validate.
func fixtures(t *testing.T) []document {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(top(), "..", "..", "validate", "testdata", "*", "*.yaml"))
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

// documents returns the objects of a file that contain a pod, also those in a List. It
// skips other kinds, and documents that aren't YAML.
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
