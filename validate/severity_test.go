// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate_test

import (
	"encoding/json"
	"testing"

	"github.com/hostprocess-go/sdk/validate"
)

func TestSeverityInJSON(t *testing.T) {
	for severity, want := range map[validate.Severity]string{validate.Error: `"error"`, validate.Warning: `"warning"`, validate.Info: `"info"`} {
		text, err := json.Marshal(severity)
		if err != nil || string(text) != want {
			t.Errorf("%v is %s in JSON, %v; want %s", severity, text, err, want)
		}
		again := validate.Severity(100)
		if err := json.Unmarshal(text, &again); err != nil || again != severity {
			t.Errorf("%s is read as %v, %v", text, again, err)
		}
	}
	for _, text := range []string{`"fatal"`, `""`, `"Error"`, `1`} {
		var severity validate.Severity
		if err := json.Unmarshal([]byte(text), &severity); err == nil {
			t.Errorf("%s is read as %v", text, severity)
		}
	}
}
