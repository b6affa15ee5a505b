// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package survey

import (
	"fmt"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/hostprocess-go/sdk/validate"
	"github.com/hostprocess-go/sdk/volumes"
)

// at matches a link to what can't change, or to a page that its project keeps up to date.
var at = regexp.MustCompile(`^https://(github\.com/[\w.-]+/[\w.-]+/(blob/[0-9a-f]{40}/[\w./-]+|issues/\d+)|kubernetes\.io/releases/1\.\d+/)$`)

func TestSupportDates(t *testing.T) {
	read, err := time.Parse(time.DateOnly, datesRead)
	if err != nil {
		t.Error(err)
	}
	for i, r := range releases {
		name := r.product + " " + r.name
		if !at.MatchString(r.source) {
			t.Errorf("%s: %s is no source", name, r.source)
		}
		var end time.Time
		for _, form := range []string{time.DateOnly, monthOnly} {
			if parsed, err := time.Parse(form, r.end); err == nil {
				end = parsed
			}
		}
		if end.Year() < 2018 || end.After(read.AddDate(10, 0, 0)) {
			t.Errorf("%s ends at %q: write a day or a month", name, r.end)
		}
		if (r.build != 0) != (r.product == windowsServer) {
			t.Errorf("%s has build %d", name, r.build)
		}
		if build, err := volumes.ParseWindowsBuild(name); err == nil && build.Build != r.build {
			t.Errorf("%s is build %d, not %d", name, build.Build, r.build)
		}
		if i == 0 || releases[i-1].product != r.product {
			continue
		}
		if before := releases[i-1].name; r.product != windowsServer && compareVersions(before, r.name) >= 0 {
			t.Errorf("%s is listed after %s", name, before)
		}
	}
	for minor := 14; minor <= validate.NewestKubernetesMinor; minor++ {
		if !slices.ContainsFunc(releases[:], func(r release) bool { return r.product == kubernetes && r.name == fmt.Sprint("1.", minor) }) {
			t.Errorf("there is no date for the end of Kubernetes 1.%d", minor)
		}
	}
}
