// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package convert

import (
	"testing"

	"github.com/hostprocess-go/sdk/validate"
)

// The fix of a finding follows in parentheses, if there is one.
func TestFindingText(t *testing.T) {
	for want, f := range map[string]validate.Finding{
		"is wrong":             {Field: "a", Message: "is wrong"},
		"is wrong (change it)": {Field: "a", Message: "is wrong", Fix: "change it"},
	} {
		if got := findingText(f); got != want {
			t.Errorf("says %q, want %q", got, want)
		}
	}
}
