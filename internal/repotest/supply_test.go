// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package repotest

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hostprocess-go/sdk/validate"
)

// permissions are what a workflow may ask for beyond reading, and why.
var permissions = map[string]string{
	"contents: write":     "to make a release",
	"id-token: write":     "to sign where a release was made",
	"attestations: write": "to store that signature",
}

// TestWorkflows holds the outsiders' CI to what it needs: nothing in it runs code
// that can change under its name, nor more than reads the repository without a
// reason.
func TestWorkflows(t *testing.T) {
	count := 0
	for _, name := range allFiles(t) {
		if path.Dir(name) != ".github/workflows" {
			continue
		}
		count++
		for _, problem := range workflowProblems(read(t, name)) {
			t.Errorf("%s: %s", name, problem)
		}
	}
	if count == 0 {
		t.Error("there are no workflows")
	}
}

var (
	pinnedAction = regexp.MustCompile(`^[\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$`)
	permission   = regexp.MustCompile(`^(\w[\w-]*: write)( # .+)?$`)
	foreignText  = regexp.MustCompile(`\$\{\{\s*github\.(event|head_ref)`)
)

func workflowProblems(text string) []string {
	var problems []string
	if !strings.Contains(text, "\npermissions:\n  contents: read\n\n") {
		problems = append(problems, "doesn't begin with permissions: contents: read, for all jobs")
	}
	jobs := strings.Count(text, "\n    runs-on: ")
	if strings.Count(text, "\n    timeout-minutes: ") != jobs || jobs == 0 {
		problems = append(problems, "has a job without timeout-minutes")
	}
	if strings.Count(text, "uses: actions/checkout@") != strings.Count(text, "persist-credentials: false") {
		problems = append(problems, "leaves the token in a checkout: persist-credentials: false")
	}
	for _, line := range strings.Split(text, "\n") {
		line = strings.TrimPrefix(strings.TrimSpace(line), "- ")
		if action, ok := strings.CutPrefix(line, "uses: "); ok && !pinnedAction.MatchString(action) {
			problems = append(problems, action+" is not pinned by a commit with its version behind it")
		}
		if match := permission.FindStringSubmatch(line); match != nil && (permissions[match[1]] == "" || match[2] == "") {
			problems = append(problems, line+": only what permissions gives a reason for, and with a comment")
		}
		if strings.Contains(line, "write-all") || strings.Contains(line, "pull_request_target") {
			problems = append(problems, line+" lets strangers' code have more than it needs")
		}
		if foreignText.MatchString(line) {
			problems = append(problems, line+" puts what strangers write into a script")
		}
	}
	return problems
}

func TestWorkflowProblems(t *testing.T) {
	good := read(t, ".github/workflows/release.yml")
	if problems := workflowProblems(good); problems != nil {
		t.Fatal(problems)
	}
	for old, changed := range map[string]string{
		"@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1": "@v7",
		"\npermissions:\n  contents: read\n":                 "\n",
		"    timeout-minutes: 20\n":                          "",
		"          persist-credentials: false\n":             "",
		"contents: write # the release":                      "packages: write # the packages",
		"id-token: write # signs the statement":              "id-token: write",
		"on:\n":                                              "on:\n  pull_request_target:\n",
		"GH_TOKEN: ${{ github.token }}":                      "GH_TOKEN: ${{ github.event.pull_request.title }}",
	} {
		bad := strings.Replace(good, old, changed, 1)
		if bad == good || workflowProblems(bad) == nil {
			t.Errorf("no problem with %q in place of %q", changed, old)
		}
	}
}

// Every module, and the actions, are looked after by dependabot; the root module
// is not, because its versions are the floor of every importer.
func TestDependabot(t *testing.T) {
	config := read(t, ".github/dependabot.yml")
	for _, name := range allFiles(t) {
		folder := path.Dir(name)
		if path.Base(name) != "go.mod" || folder == "." || strings.Contains(name, "/testdata/") {
			continue
		}
		if !strings.Contains(config, "      - /"+folder+"\n") {
			t.Errorf(".github/dependabot.yml doesn't know the module /%s", folder)
		}
	}
	if !strings.Contains(config, "package-ecosystem: github-actions") {
		t.Error(".github/dependabot.yml doesn't know the actions")
	}
}

// Every rule is in the notes of the release that brings it. What isn't released
// yet is in .github/next, one file a change.
func TestReleaseNotes(t *testing.T) {
	notes := map[string]string{} // by version; "" for the next
	for _, name := range allFiles(t) {
		folder, file := path.Split(name)
		switch folder {
		case ".github/next/":
			text := read(t, name)
			if path.Ext(file) != ".md" || !strings.HasPrefix(text, "# ") || strings.Count(text, "\n# ") > 0 {
				t.Errorf("%s: a note is a .md file that begins with its only heading", name)
			}
			notes[""] += text
		case ".github/releases/":
			notes[strings.TrimSuffix(file, ".md")] = read(t, name)
		}
	}
	for _, problem := range missingNotes(validate.Rules(), notes) {
		t.Error(problem)
	}
}

// firstRelease brings more rules than notes could name.
const firstRelease = "v0.1.0"

func missingNotes(rules []validate.Rule, notes map[string]string) []string {
	var missing []string
	for _, r := range rules {
		text, released := notes[r.Since]
		if !released {
			text = notes[""]
		}
		if !strings.Contains(text, "`"+string(r.ID)+"`") && !(r.Since == firstRelease && strings.Contains(text, "All rules")) {
			missing = append(missing, fmt.Sprintf("no release note names the rule `%s`: write a file in .github/next", r.ID))
		}
	}
	return missing
}

func TestMissingNotes(t *testing.T) {
	rules := []validate.Rule{{ID: "a-a", Since: "v0.1.0"}, {ID: "b-b", Since: "v0.2.0"}, {ID: "c-c", Since: "v0.3.0"}}
	for _, c := range []struct {
		notes map[string]string
		want  int
	}{
		{map[string]string{"v0.1.0": "All rules", "v0.2.0": "new is `b-b`", "": "new is `c-c`"}, 0},
		{map[string]string{"v0.1.0": "All rules", "v0.2.0": "All rules", "": "new is `c-c`"}, 1},
		{map[string]string{"v0.1.0": "All rules", "v0.2.0": "new is `b-b`", "": "c-c"}, 1},
		{map[string]string{}, 3},
	} {
		if got := missingNotes(rules, c.notes); len(got) != c.want {
			t.Errorf("%v: %q, want %d", c.notes, got, c.want)
		}
	}
}

// licences are the texts by which a licence is known, and that go with ours.
var licences = map[string]string{
	"Apache-2.0": "Apache License",
	"MIT":        "Permission is hereby granted, free of charge",
	"BSD":        "Redistribution and use in source and binary forms",
}

// What importers and the programs link has a licence that goes with Apache-2.0.
func TestLicencesOfDependencies(t *testing.T) {
	out := run(t, "go", "list", "-deps", "-test", "-f", "{{with .Module}}{{if not .Main}}{{.Path}}\t{{.Dir}}{{end}}{{end}}", "./...")
	modules := strings.Split(strings.TrimSpace(out), "\n")
	slices.Sort(modules)
	for _, module := range slices.Compact(modules) {
		name, folder, _ := strings.Cut(strings.TrimSpace(module), "\t")
		if name == "" {
			continue
		}
		files, err := filepath.Glob(filepath.Join(folder, "LICEN[SC]E*"))
		if err != nil || len(files) == 0 {
			t.Errorf("%s has no licence: %v", name, err)
			continue
		}
		for _, file := range files {
			if text := string(must(os.ReadFile(file))(t)); licence(text) == "" {
				t.Errorf("%s: nobody knows the licence in %s", name, filepath.Base(file))
			}
		}
	}
}

func licence(text string) string {
	for name, words := range licences {
		if strings.Contains(text, words) {
			return name
		}
	}
	return ""
}

func TestLicenceText(t *testing.T) {
	if licence(read(t, "LICENSE")) != "Apache-2.0" {
		t.Error("our own licence is not known")
	}
	if got := licence("GNU GENERAL PUBLIC LICENSE"); got != "" {
		t.Errorf("the GPL is taken for %s", got)
	}
}

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
