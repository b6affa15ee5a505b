// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hostprocess-go/sdk/validate"
)

func TestSeverityInJSON(t *testing.T) {
	inJSON(t, map[validate.Severity]string{validate.SeverityError: `"error"`, validate.SeverityWarning: `"warning"`, validate.SeverityInfo: `"info"`},
		`"fatal"`, `""`, `"Error"`, `1`)
}

func TestOutcomeInJSON(t *testing.T) {
	inJSON(t, map[validate.Outcome]string{validate.OutcomeRejected: `"rejected"`, validate.OutcomeFails: `"fails"`, validate.OutcomeDiffers: `"differs"`, validate.OutcomeAdvice: `"advice"`},
		`"kubelet"`, `""`, `"Node"`, `"layer(4)"`, `1`)
}

// inJSON holds that values are written as words and read back, and that nothing
// else is read.
func inJSON[T ~uint8](t *testing.T, words map[T]string, wrong ...string) {
	t.Helper()
	for value, want := range words {
		text, err := json.Marshal(value)
		if err != nil || string(text) != want {
			t.Errorf("%v is %s in JSON, %v; want %s", value, text, err, want)
		}
		again := T(100)
		if err := json.Unmarshal(text, &again); err != nil || again != value {
			t.Errorf("%s is read as %v, %v", text, again, err)
		}
	}
	for _, text := range wrong {
		var value T
		if err := json.Unmarshal([]byte(text), &value); err == nil {
			t.Errorf("%s is read as %v", text, value)
		}
	}
}

// TestRulesInJSON: a program can store the catalogue and read it back.
func TestRulesInJSON(t *testing.T) {
	text, err := json.Marshal(validate.Rules())
	if err != nil {
		t.Fatal(err)
	}
	var again []validate.Rule
	if err := json.Unmarshal(text, &again); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(validate.Rules(), again); diff != "" {
		t.Errorf("(-before +after):\n%s", diff)
	}
}
