// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package examples

import (
	"fmt"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hostprocess-go/sdk/validate"
)

const (
	figuresBegin = "<!-- figures: written by go test ./examples -run TestFigures -update -->\n"
	figuresEnd   = "<!-- end of figures -->"
)

// TestFigures holds the figures of the README to the rules and their fixtures,
// each of which the tests of package validate judge.
func TestFigures(t *testing.T) {
	text := readRepository(t, "README.md")
	before, rest, begins := strings.Cut(text, figuresBegin)
	_, after, ends := strings.Cut(rest, figuresEnd)
	if !begins || !ends {
		t.Fatalf("the README has no lines %q and %q", figuresBegin, figuresEnd)
	}
	current := before + figuresBegin + figures(t) + figuresEnd + after
	if *update {
		write(t, filepath.Join(root, "README.md"), current)
	} else if diff := cmp.Diff(text, current); diff != "" {
		t.Errorf("the README's figures are not those of the fixtures, run go test ./examples -run TestFigures -update (-README +counted):\n%s", diff)
	}
}

var wanted = regexp.MustCompile(`(?m)^# want: (\S+)`)

// figures counts the fixtures by the worst that is wrong with each, and the rules.
func figures(t *testing.T) string {
	layers := map[validate.RuleID]validate.Layer{}
	rules, wrong := map[validate.Layer]int{}, map[validate.Layer]int{}
	for _, r := range validate.Rules() {
		layers[r.ID] = r.Layer
		rules[r.Layer]++
	}
	right, all := 0, 0
	for _, name := range repositoryFiles(t) {
		if !strings.HasPrefix(name, "validate/testdata/") || path.Ext(name) != ".yaml" {
			continue
		}
		wants := wanted.FindAllStringSubmatch(readRepository(t, name), -1)
		if wants == nil {
			right++
			continue
		}
		worst := validate.Advice
		for _, match := range wants {
			worst = min(worst, layers[validate.RuleID(match[1])])
		}
		wrong[worst]++
		all++
	}
	if all < 2*len(layers) || right < len(layers) {
		t.Errorf("only %d wrong and %d right pods for %d rules", all, right, len(layers))
	}
	var b strings.Builder
	b.WriteString("| | wrong pods | rules |\n| --- | --- | --- |\n")
	for _, row := range []struct {
		layer validate.Layer
		text  string
	}{
		{validate.APIServer, "the API server refuses it"},
		{validate.Node, "it is accepted, and a node doesn't run it"},
		{validate.Silent, "it runs, and part of it is ignored, or elsewhere than it says"},
		{validate.Advice, "it works, and something else would be better"},
	} {
		fmt.Fprintf(&b, "| %s | %d | %d |\n", row.text, wrong[row.layer], rules[row.layer])
	}
	fmt.Fprintf(&b, "| in all | %d, and %d right ones | %d |\n", all, right, len(layers))
	return b.String()
}
