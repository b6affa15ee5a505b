// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package conformance

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/hostprocess-go/sdk/validate"
)

// TestEveryRuleIsCompared: the table and the catalogue have the same rules.
func TestEveryRuleIsCompared(t *testing.T) {
	var inTable []validate.RuleID
	for _, c := range compared {
		inTable = append(inTable, c.rule)
	}
	for _, id := range apiServerRules {
		if !slices.Contains(inTable, id) {
			t.Errorf("rule %s is of the API server's layer, but no error of the API server is compared with it", id)
		}
	}
	for _, id := range inTable {
		if !slices.Contains(apiServerRules, id) {
			t.Errorf("errors are compared with rule %s, but there is no such rule of the API server's layer", id)
		}
	}
	for _, c := range left {
		if c.rule != "" || c.why == "" {
			t.Errorf("field %q, message %q: say why no rule is about it", c.field, c.message)
		}
	}
}

// TestTypesAndValuesAreCompared: errors at the same field must be of one type and
// about one value.
func TestTypesAndValuesAreCompared(t *testing.T) {
	o := object{"apiVersion": "v1", "kind": "Pod", "spec": object{
		"securityContext": object{"windowsOptions": object{"hostProcess": true, "runAsUserName": `NT AUTHORITY\SYSTEM`}},
		"containers":      list{object{"name": "a"}},
	}}
	data, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	const message = "hostNetwork must be true if pod contains any hostProcess containers"
	for _, c := range []struct {
		theirs cause
		want   bool
	}{
		{cause{"FieldValueInvalid", "spec.hostNetwork", "Invalid value: false: " + message}, false},
		{cause{"FieldValueForbidden", "spec.hostNetwork", "Forbidden: " + message}, true},
		{cause{"FieldValueInvalid", "spec.hostNetwork", "Invalid value: true: " + message}, true},
	} {
		got, err := compare(o, data, newest, answer{Errors: []cause{c.theirs}})
		if err != nil {
			t.Fatal(err)
		}
		if len(got.agreed) != 1 || (len(got.disagreements) > 0) != c.want {
			t.Errorf("%v: agreed on %v, disagree on %v", c.theirs, got.agreed, got.disagreements)
		}
	}
}
