// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package conformance

import (
	"encoding/json"
	"slices"
	"testing"
)

func TestShrinkerCutsEverything(t *testing.T) {
	v := object{"a": list{"xy", object{"b": true}}}
	var got []string
	for c := range cuts(v) {
		text, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, string(text))
	}
	want := []string{`{}`, `{"a":[{"b":true}]}`, `{"a":["xy"]}`, `{"a":["y",{"b":true}]}`, `{"a":["x",{"b":true}]}`, `{"a":["xy",{}]}`}
	if !slices.Equal(got, want) {
		t.Errorf("cuts of %v:\ngot  %s\nwant %s", v, got, want)
	}
	if len(v["a"].(list)) != 2 {
		t.Errorf("cuts changed what it was given: %v", v)
	}
}
