// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package fix

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/hostprocess-go/sdk/examples/kubectl-hostprocess/input"
	"github.com/hostprocess-go/sdk/hostprocess/convert"
)

// FuzzSet edits anything: what was said to be an edit is one of the text.
func FuzzSet(f *testing.F) {
	f.Add("kind: Pod\napiVersion: v1\nspec:\n  # a\n  a: 'b' # c\n", "spec.a", `"c"`)                                         // another value
	f.Add("kind: Pod\r\napiVersion: v1\r\nspec: {a: [b], c: d}\r\n", "spec.e.f", `{"g":1}`)                                   // a new one, in braces
	f.Add("kind: Pod\napiVersion: v1\nspec:\n  c:\n  - a: \"\\\"\U0001f600\"\n    b:\n      - c\n", "spec.c[0].b", "")        // gone
	f.Add("kind: Pod\napiVersion: v1\nspec: {a: 'it''s', b: \"c", "spec.b", `"d"`)                                            // cut off
	f.Add("items:\n- kind: Pod\n  apiVersion: v1\n  spec:\n    a: b\nkind: List\n", "spec.a", `"c"`)                          // an item
	f.Add("kind: Pod\rapiVersion: v1\rspec:\r  a: b\r", "spec.a", `"c"`)                                                      // lines that end otherwise
	f.Add("{\"kind\":\"Pod\",\"apiVersion\":\"v1\",\n\"spec\":{\n\"a\":\"\\ud83d\\ude00\",\"b\":{}}}", "spec.b.c", `{"d":1}`) // JSON
	f.Add(`{"kind":"List","apiVersion":"v1","items":[{"kind":"Pod","apiVersion":"v1","spec":{"a":1,"b":2}}]}`, "spec.b", "")  // an item of JSON
	f.Add("kind: Pod\napiVersion: v1\nspec:\n  a: &x {c: d}\n  b: *x\n  e: {<<: *x}\n", "spec.e.c", `"f"`)                    // anchors
	f.Fuzz(func(t *testing.T, text, field, value string) {
		if value != "" && !json.Valid([]byte(value)) {
			return
		}
		reader := input.Reader{Visit: func(o input.Object) {
			document, err := NewDocument(o)
			if err != nil {
				return
			}
			change := convert.Change{Field: field, After: value}
			edit, err := document.Set(change, []convert.Change{change})
			if err != nil {
				return
			}
			edited := document.Apply(edit)
			known := edit.Start.Line > 0 // where it is in its line
			if !known && !document.JSON || known && (edit.Start.Line < 1 || edit.End.Line < edit.Start.Line || edit.Start.Column < 1) || !bytes.Contains(edited, []byte(edit.Text)) {
				t.Errorf("%q, %s: %+v gives %q", text, field, edit, edited)
			}
		}}
		_ = reader.Stream("f", strings.NewReader(text)) // what isn't UTF-8 is an error
	})
}
