// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package conformance

import (
	"slices"
	"testing"

	"github.com/hostprocess-go/sdk/validate"
)

// TestEveryRuleIsCompared keeps the table and the catalogue together.
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
