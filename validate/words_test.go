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

func TestLayerInJSON(t *testing.T) {
	for layer, want := range map[validate.Layer]string{validate.APIServer: `"api-server"`, validate.Node: `"node"`, validate.Silent: `"silent"`, validate.Advice: `"advice"`} {
		text, err := json.Marshal(layer)
		if err != nil || string(text) != want {
			t.Errorf("%v is %s in JSON, %v; want %s", layer, text, err, want)
		}
		again := validate.Layer(100)
		if err := json.Unmarshal(text, &again); err != nil || again != layer {
			t.Errorf("%s is read as %v, %v", text, again, err)
		}
	}
	for _, text := range []string{`"kubelet"`, `""`, `"Node"`, `"layer(4)"`, `1`} {
		var layer validate.Layer
		if err := json.Unmarshal([]byte(text), &layer); err == nil {
			t.Errorf("%s is read as %v", text, layer)
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
