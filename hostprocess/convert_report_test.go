// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package hostprocess_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"

	"github.com/hostprocess-go/sdk/hostprocess"
	"github.com/hostprocess-go/sdk/validate"
)

// TestConvertReportsEveryDifference compares what Convert was given with what it
// made, field by field: a difference that no Change names is a change that a
// person would not hear of.
func TestConvertReportsEveryDifference(t *testing.T) {
	files, err := filepath.Glob("../validate/testdata/*/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no pods to convert: %v", err)
	}
	changed := 0
	for _, file := range files {
		spec := podSpecIn(t, file)
		if !validate.IsHostProcess(spec) {
			continue
		}
		conversion, err := hostprocess.Convert(spec)
		if err != nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		for _, field := range differences("", asJSON(t, spec), asJSON(t, conversion.Spec)) {
			changed++
			if !reported(conversion.Changes, field) {
				t.Errorf("%s: %s differs, and no change says so:\n%v", file, field, conversion.Changes)
			}
		}
	}
	if changed < 100 {
		t.Errorf("only %d differences were looked at", changed)
	}
}

// podSpecIn reads the pod of a fixture, whatever is around it.
func podSpecIn(t testing.TB, file string) *corev1.PodSpec {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	first, _, _ := strings.Cut(string(text), "\n---")
	var object map[string]any
	if err := yaml.Unmarshal([]byte(first), &object); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	inner := object["spec"]
	for _, step := range []string{"jobTemplate", "spec", "template", "spec"} {
		if around, ok := inner.(map[string]any); ok && around[step] != nil {
			inner = around[step]
		}
	}
	if template, ok := object["template"].(map[string]any); ok {
		inner = template["spec"]
	}
	plain, err := json.Marshal(inner)
	var spec corev1.PodSpec
	if err == nil {
		err = json.Unmarshal(plain, &spec)
	}
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return &spec
}

func asJSON(t *testing.T, spec *corev1.PodSpec) any {
	t.Helper()
	text, err := json.Marshal(spec)
	var value any
	if err == nil {
		err = json.Unmarshal(text, &value)
	}
	if err != nil {
		t.Fatal(err)
	}
	return value
}

// differences are the fields in which two values differ. Lists of different
// lengths differ as a whole.
func differences(at string, before, after any) []string {
	if reflect.DeepEqual(before, after) {
		return nil
	}
	var all []string
	b, ok := before.(map[string]any)
	a, also := after.(map[string]any)
	if ok && also {
		keys := map[string]bool{}
		for key := range b {
			keys[key] = true
		}
		for key := range a {
			keys[key] = true
		}
		for key := range keys {
			inside := strings.TrimPrefix(at+"."+key, ".")
			if strings.ContainsAny(key, "./") {
				inside = at + "[" + key + "]" // a label
			}
			all = append(all, differences(inside, b[key], a[key])...)
		}
		return all
	}
	old, ok := before.([]any)
	now, also := after.([]any)
	if ok && also && len(old) == len(now) {
		for i := range old {
			all = append(all, differences(fmt.Sprintf("%s[%d]", at, i), old[i], now[i])...)
		}
		return all
	}
	return []string{at}
}

// reported says whether a change names a field, something around it, or
// something inside of it.
func reported(changes []hostprocess.Change, field string) bool {
	for _, c := range changes {
		if strings.HasPrefix(c.Field, field) || strings.HasPrefix(field, c.Field) {
			return true
		}
	}
	return false
}
