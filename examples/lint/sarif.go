// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/url"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hostprocess-go/sdk/validate"
)

// sarif is the Static Analysis Results Interchange Format 2.1.0, which the
// code-scanning pages of code hosts read:
// https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/sarif-v2.1.0-errata01-os-complete.html
//
// Results are written as they come, and then the rules that were broken. What to
// do is part of each message and of each rule's help; where it is one edit of the
// text, the edit is there as well.
type sarif struct {
	to      *bufio.Writer
	encoder *json.Encoder
	rules   map[string]int // indexes, by id
	ids     []string
	results int
}

// object is an object of JSON whose keys are sorted.
type object map[string]any

func (s *sarif) finding(f finding) {
	separator := ","
	if s.results == 0 {
		separator = s.head()
	}
	s.results++
	fmt.Fprint(s.to, separator)
	id := string(f.Rule)
	if _, known := s.rules[id]; !known {
		s.rules[id] = len(s.ids)
		s.ids = append(s.ids, id)
	}
	suppressions := []object{} // none; a missing list would mean that it isn't known
	if f.Ignored {
		suppressions = append(suppressions, object{"kind": "inSource"})
	}
	result := object{
		"ruleId":       id,
		"ruleIndex":    s.rules[id],
		"level":        level(f.Severity),
		"message":      object{"text": fmt.Sprintf("%s: %s. Fix: %s.", f.Field, on(f), f.Fix)},
		"suppressions": suppressions,
		"locations": []object{{
			"physicalLocation": object{
				"artifactLocation": object{"uri": uri(f.File)},
				"region":           object{"startLine": f.Line},
			},
			"logicalLocations": []object{{
				"kind":               "object",
				"fullyQualifiedName": strings.Join([]string{f.Kind, f.Namespace, f.Name}, "/") + ":" + f.Field,
			}},
		}},
	}
	if f.edit != nil {
		result["fixes"] = []object{f.edit.sarif(f.File)}
	}
	s.encode(result)
}

// sarif is the fix as SARIF has it.
func (f fix) sarif(file string) object {
	return object{
		"description": object{"text": f.does},
		"artifactChanges": []object{{
			"artifactLocation": object{"uri": uri(file)},
			"replacements": []object{{
				"deletedRegion":   object{"startLine": f.Start.Line, "startColumn": f.Start.Column, "endLine": f.End.Line, "endColumn": f.End.Column},
				"insertedContent": object{"text": f.Text},
			}},
		}},
	}
}

// head is what comes before the first result.
func (s *sarif) head() string {
	return `{"$schema":"https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json","version":"2.1.0","runs":[{"results":[` + "\n"
}

func (s *sarif) end(problems []error) error {
	if s.results == 0 {
		fmt.Fprint(s.to, s.head())
	}
	notifications := []object{}
	for _, err := range problems {
		notifications = append(notifications, object{"level": "error", "message": object{"text": err.Error()}})
	}
	fmt.Fprint(s.to, `],"invocations":`)
	s.encode([]object{{"executionSuccessful": len(problems) == 0, "toolExecutionNotifications": notifications}})
	fmt.Fprint(s.to, `,"columnKind":"unicodeCodePoints","tool":`)
	s.encode(object{"driver": object{
		"name":           "hostprocess-lint",
		"informationUri": "https://github.com/hostprocess-go/sdk",
		"rules":          s.describe(),
	}})
	fmt.Fprintln(s.to, "}]}")
	return s.to.Flush()
}

// encode writes a value; Flush returns the error.
func (s *sarif) encode(value any) { _ = s.encoder.Encode(value) }

// describe describes the rules that were broken.
func (s *sarif) describe() []object {
	catalogue := slices.Concat(validate.Rules(), ownRules)
	rules := []object{}
	for _, id := range s.ids {
		at := slices.IndexFunc(catalogue, func(r validate.Rule) bool { return string(r.ID) == id })
		rules = append(rules, describe(catalogue[at]))
	}
	return rules
}

func describe(r validate.Rule) object {
	why, _, _ := strings.Cut(r.Doc, "\n\n") // code-scanning pages limit its length
	fix := "To fix it, " + r.Fix + "."
	help := []string{r.Doc, fix}
	markdown := []string{r.Doc, "**" + fix + "**"}
	if len(r.Sources) > 0 {
		help = append(help, "Sources:\n"+strings.Join(r.Sources, "\n"))
		markdown = append(markdown, "Sources:\n\n- "+strings.Join(r.Sources, "\n- "))
	}
	return object{
		"id":                   r.ID,
		"shortDescription":     object{"text": r.Title},
		"fullDescription":      object{"text": why},
		"defaultConfiguration": object{"level": level(r.Severity())},
		"help":                 object{"text": strings.Join(help, "\n\n"), "markdown": strings.Join(markdown, "\n\n")},
		"helpUri":              "https://github.com/hostprocess-go/sdk/blob/" + r.Since + "/validate/RULES.md#" + string(r.ID),
		"properties":           object{"tags": []string{"kubernetes", "windows", r.Outcome.String()}},
	}
}

// ownRules describe what lint says itself.
var ownRules = []validate.Rule{
	{ID: parseError, Title: "the manifest must be readable", Doc: "The object can't be read as YAML or JSON, or not as an object of its kind.", Fix: "correct the manifest"},
	{ID: unknownField, Outcome: validate.OutcomeDiffers, Title: "the object must have no unknown fields", Doc: "Kubernetes knows no field of that name. The API server drops it, or refuses the object where validation is strict.", Fix: "correct the field's name, or remove it"},
	{ID: mergePatch, Outcome: validate.OutcomeAdvice, Title: "a patch is not judged", Doc: "The object is a strategic merge patch, as in an overlay of kustomize: what it leaves out stands in another file, so it can't be judged alone.", Fix: "judge what kustomize build prints"},
	{ID: unknownRule, Outcome: validate.OutcomeDiffers, Title: "an annotation must name rules that are there", Doc: "The annotation " + validate.IgnoreAnnotation + " names a rule that isn't there, so that nothing is ignored by it.", Fix: "correct the rule's name, or remove it"},
}

// level is a severity in the words of SARIF.
func level(s validate.Severity) string {
	if s == validate.SeverityInfo {
		return "note"
	}
	return s.String()
}

// uri is a path as a URI.
func uri(file string) string {
	u := url.URL{Path: filepath.ToSlash(file)}
	if filepath.IsAbs(file) {
		u.Scheme, u.Path = "file", "/"+strings.TrimPrefix(u.Path, "/")
	}
	return u.String()
}
