// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package repotest

import (
	"fmt"
	"path"
	"regexp"
	"strings"
	"testing"

	"github.com/hostprocess-go/sdk/validate"
)

// The versions that documents promise, and that the gate tests, are those of the
// code.
func TestPromisedVersions(t *testing.T) {
	mod := rootModule(t)
	goMinor, kubernetes := minor("v"+mod.Go), ""
	for _, require := range mod.Require {
		if require.Path == "k8s.io/api" {
			kubernetes = minor(require.Version)
		}
	}
	newest := fmt.Sprint(validate.NewestKubernetesMinor)
	for file, promises := range map[string][]string{
		"README.md": {
			"| Go | 1." + goMinor + " and newer |",
			"| k8s.io/api | 0." + kubernetes + " to 0." + newest + " |",
			"| Kubernetes | 1.26 to 1." + newest + " |",
		},
		".ci/run": {"floor_go=go1." + goMinor + ".", "ceiling_kubernetes=v0." + newest + "."},
	} {
		for _, promise := range promises {
			if !strings.Contains(read(t, file), promise) {
				t.Errorf("%s doesn't say %q, as go.mod and validate.NewestKubernetesMinor do", file, promise)
			}
		}
	}
}

// minor is 34 of v0.34.1.
func minor(version string) string { return strings.Split(version, ".")[1] }

// firstRelease brings more rules than notes could name.
const firstRelease = "v0.1.0"

// Every rule is in the notes of the release that adds it. Unreleased changes are in
// .github/next, one file each.
func TestReleaseNotes(t *testing.T) {
	notes := map[string]string{} // by version; "" for the next
	for _, name := range files(t) {
		switch folder, file := path.Split(name); folder {
		case ".github/next/":
			text := read(t, name)
			if path.Ext(file) != ".md" || !strings.HasPrefix(text, "# ") || strings.Contains(text, "\n# ") {
				t.Errorf("%s: a note is a .md file that begins with its only heading", name)
			}
			notes[""] += text
		case ".github/releases/":
			notes[strings.TrimSuffix(file, ".md")] = read(t, name)
		}
	}
	for _, rule := range validate.Rules() {
		text, released := notes[rule.Since]
		if !released {
			text = notes[""]
		}
		if !strings.Contains(text, "`"+string(rule.ID)+"`") && !(rule.Since == firstRelease && strings.Contains(text, "All rules")) {
			t.Errorf("no release note names the rule `%s`: write a file in .github/next", rule.ID)
		}
	}
}

var (
	uses         = regexp.MustCompile(`(?m)^[ -]*uses: *(.*)$`)
	pinnedAction = regexp.MustCompile(`^[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$`)
	write        = regexp.MustCompile(`(?m)^ *[\w-]+: write(-all)?$`)
)

// Workflows pin the code that they run, and have only the permissions that they need.
// actionlint, which checks the rest, doesn't check that.
func TestWorkflows(t *testing.T) {
	for _, name := range files(t) {
		if path.Dir(name) != ".github/workflows" {
			continue
		}
		text := read(t, name)
		for _, action := range uses.FindAllStringSubmatch(text, -1) {
			if !pinnedAction.MatchString(action[1]) {
				t.Errorf("%s: %s is not pinned to a commit with its version after it", name, action[1])
			}
		}
		if !strings.Contains(text, "\npermissions:\n  contents: read\n\n") {
			t.Errorf("%s doesn't begin with permissions: contents: read, for all jobs", name)
		}
		for _, permission := range write.FindAllString(text, -1) {
			t.Errorf("%s:%s: say why in a comment after it", name, permission)
		}
		if strings.Count(text, "actions/checkout@") != strings.Count(text, "persist-credentials: false") {
			t.Errorf("%s leaves the token in a checkout: persist-credentials: false", name)
		}
		if strings.Count(text, "runs-on:") != strings.Count(text, "timeout-minutes:") {
			t.Errorf("%s has a job without timeout-minutes", name)
		}
		if strings.Contains(text, "pull_request_target") {
			t.Errorf("%s: pull_request_target gives strangers' code our permissions", name)
		}
	}
}

// Dependabot updates every module except the root, because importers get at least the
// versions of the root.
func TestDependabot(t *testing.T) {
	config := read(t, ".github/dependabot.yml")
	for _, name := range files(t) {
		folder := path.Dir(name)
		if path.Base(name) == "go.mod" && folder != "." && !inTestdata(name) && !strings.Contains(config, "      - /"+folder+"\n") {
			t.Errorf(".github/dependabot.yml doesn't know the module /%s", folder)
		}
	}
}
