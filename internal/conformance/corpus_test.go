// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package conformance

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// corpusFlag is a folder with public manifests, and with the API server's errors for
// them.
var corpusFlag = flag.String("corpus", filepath.Join("..", "..", "..", "shared", "corpus"), "a folder with manifests/ and apiserver-1.37.2.jsonl")

// recorded is a line of the corpus' answers: the result of an API server for one object
// of a file.
type recorded struct {
	File, Kind, Name, Decode string
	Errors                   []struct{ Type, Field string }
}

// TestCorpus compares the rules with the API server on the manifests of a
// corpus, and our reference with the recorded answers next to them. Other problems of
// these pods are ignored. Without a corpus, it compares nothing.
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
		// A document without a matching type has no kind there.
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
