// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package convert_test

import (
	"encoding/json"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"

	"github.com/hostprocess-go/sdk/accounts"
	"github.com/hostprocess-go/sdk/hostprocess/convert"
	"github.com/hostprocess-go/sdk/validate"
	"github.com/hostprocess-go/sdk/validate/privileges"
	"github.com/hostprocess-go/sdk/volumes"
)

// everyTarget are the sets of nodes that pods are converted for.
var everyTarget = [][]validate.Target{nil, nodes(volumes.ModeBind), nodes(volumes.ModeSymlink16, volumes.ModeSymlinkHPC),
	nodes(volumes.ModeSymlink16, volumes.ModeSymlinkHPC, volumes.ModeBind)}

func nodes(modes ...volumes.Mode) []validate.Target {
	var targets []validate.Target
	for _, mode := range modes {
		targets = append(targets, validate.NewTarget(volumes.Runtime{}, mode))
	}
	return targets
}

// longExponent matches quantities that package resource parses very slowly.
var longExponent = regexp.MustCompile(`[eE][-+]?[0-9]{3}`)

// Convert accepts every spec and doesn't change it, has nothing to do for its own output,
// and reports everything that is still wrong.
func FuzzConvert(f *testing.F) {
	files, err := filepath.Glob("../../validate/testdata/*/*.yaml")
	if err != nil || len(files) == 0 {
		f.Fatalf("no pods to start with: %v", err)
	}
	const most = 60 // seeds: each run of the fuzzer starts with all of them
	for i := 0; i < len(files); i += 1 + len(files)/most {
		file := files[i]
		text, err := json.Marshal(podSpecIn(f, file))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text, uint8(i))
	}
	f.Fuzz(func(t *testing.T, text []byte, kind uint8) {
		targets := everyTarget[int(kind)%len(everyTarget)]
		var spec corev1.PodSpec
		if longExponent.Match(text) || json.Unmarshal(text, &spec) != nil {
			return // no spec
		}
		before := spec.DeepCopy()
		conversion, err := convert.Workload(&spec, targets...)
		if err != nil {
			t.Fatal(err)
		}
		if !cmp.Equal(before, &spec) {
			t.Errorf("the input was changed (-before +after)\n%s", cmp.Diff(before, &spec))
		}
		again, err := convert.Workload(conversion.Object, targets...)
		if err != nil || len(again.Changes) > 0 {
			t.Errorf("the result is changed again: %v, %v", again.Changes, err)
		}
		for _, finding := range (validate.Validator{Targets: targets}).PodSpec(conversion.Object, nil).With(validate.SeverityError) {
			if !slices.ContainsFunc(conversion.Open, func(d convert.Decision) bool { return d.Field == finding.Field }) {
				t.Errorf("%v isn't open", finding)
			}
		}
		for _, c := range conversion.Changes {
			if c.Field == "" || c.Why == "" || c.Before == c.After {
				t.Errorf("a change that says nothing: %+v", c)
			}
		}
		for _, p := range privileges.Of(conversion.Object) {
			_, err := accounts.Parse(p.RunAsUserName)
			if err != nil && (p.Level != accounts.PrivilegeUnknown || p.Less != nil) {
				t.Errorf("an account that no node can use, and a level: %+v", p)
			}
		}
	})
}
