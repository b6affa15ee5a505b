// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package conformance

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"sigs.k8s.io/yaml"
)

// shrink returns the smallest object that it finds for which the two sides still disagree
// in the same way, and that disagreement.
func shrink(o object, kind disagreement, minor int, ref *reference) (object, disagreement) {
	small, shown, others := o, kind, []string(nil)
	// try keeps a candidate if it shows the disagreement. A cut that causes an
	// error of its own makes nothing clearer.
	try := func(candidate object) bool {
		data, err := json.Marshal(candidate)
		if err != nil || candidate["kind"] != o["kind"] || candidate["apiVersion"] != o["apiVersion"] {
			return false
		}
		answers, err := ref.create(data)
		if err != nil || answers[0].Decode != "" {
			return false
		}
		c, err := compare(candidate, data, minor, answers[0])
		if err != nil {
			return false
		}
		i := slices.IndexFunc(c.disagreements, func(d disagreement) bool { return d.kind() == kind })
		if i < 0 {
			return false
		}
		var errors []string
		for _, e := range answers[0].Errors {
			name := last(e.Field) + e.Type
			if others != nil && !slices.Contains(others, name) {
				return false
			}
			errors = append(errors, name)
		}
		small, shown, others = candidate, c.disagreements[i], append(errors, "")
		return true
	}
	for again := try(o); again; {
		again = false
		for candidate := range cuts(small) {
			if again = try(candidate.(object)); again {
				break
			}
		}
	}
	return small, shown
}

// cuts ranges over copies of a value that lack one thing each: a field, an
// element, a part of a string. The larger cuts come first.
func cuts(v any) func(yield func(any) bool) {
	return func(yield func(any) bool) {
		switch v := v.(type) {
		case object:
			names := slices.Sorted(maps.Keys(v))
			for _, name := range names {
				c := clone(v).(object)
				delete(c, name)
				if !yield(c) {
					return
				}
			}
			for _, name := range names {
				for part := range cuts(v[name]) {
					c := clone(v).(object)
					c[name] = part
					if !yield(c) {
						return
					}
				}
			}
		case list:
			for i := range v {
				if !yield(slices.Delete(clone(v).(list), i, i+1)) {
					return
				}
			}
			for i := range v {
				for part := range cuts(v[i]) {
					c := clone(v).(list)
					c[i] = part
					if !yield(c) {
						return
					}
				}
			}
		case string:
			letters := []rune(v)
			// Short pieces of a long string would take forever.
			for size := len(letters) / 2; size > 0 && size >= len(letters)/64; size /= 2 {
				for i := 0; i+size <= len(letters); i += size {
					if !yield(string(slices.Delete(slices.Clone(letters), i, i+size))) {
						return
					}
				}
			}
		}
	}
}

// fixture prints an object as a file for validate/testdata, with what the API
// server reports about it.
func fixture(o object, minor int, d disagreement) string {
	text, err := yaml.Marshal(o)
	if err != nil {
		return err.Error()
	}
	head := ""
	if minor != newest {
		head = fmt.Sprintf("# minor: %d\n", minor)
	}
	if !d.ours {
		head += fmt.Sprintf("# want: %s\n", d.found)
	}
	return head + string(text)
}
