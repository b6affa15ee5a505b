// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package output

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/url"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hostprocess-go/sdk/examples/kubectl-hostprocess/lint"
	"github.com/hostprocess-go/sdk/validate"
)

// sarif writes the Static Analysis Results Interchange Format 2.1.0, which the code-scanning
// pages of code hosts read:
// https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/sarif-v2.1.0-errata01-os-complete.html
//
// It writes results immediately, and the broken rules at the end. Each message and each
// rule's help contains the fix; a result also contains the edit, if there is one.
type sarif struct {
	to      *bufio.Writer
	encoder *json.Encoder
	rules   []validate.RuleID // the broken rules
	version string
}

// sarifHead is the text before the first result.
const sarifHead = `{"$schema":"https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json","version":"2.1.0","runs":[{"results":[` + "\n"

// object is an object of JSON whose keys are sorted.
type object map[string]any

func (s *sarif) Finding(f lint.Finding) {
	if len(s.rules) > 0 {
		fmt.Fprint(s.to, ",")
	}
	index := slices.Index(s.rules, f.Rule)
	if index < 0 {
		index = len(s.rules)
		s.rules = append(s.rules, f.Rule)
	}
	suppressions := []object{} // empty; a missing list would mean unknown
	if f.Ignored {
		suppressions = append(suppressions, object{"kind": "inSource"})
	}
	result := object{
		"ruleId":       f.Rule,
		"ruleIndex":    index,
		"level":        level(f.Severity),
		"message":      object{"text": fmt.Sprintf("%s: %s. Fix: %s.", f.Field, f.Text(), f.Fix)},
		"suppressions": suppressions,
		"locations": []object{{
			"physicalLocation": object{
				"artifactLocation": object{"uri": uri(f.File)},
				"region":           object{"startLine": max(1, f.Line)},
			},
			"logicalLocations": []object{{
				"kind":               "object",
				"fullyQualifiedName": strings.Join([]string{f.Kind, f.Namespace, f.Name}, "/") + ":" + f.Field,
			}},
		}},
	}
	if f.Edit != nil {
		result["fixes"] = []object{fix(f.Edit, f.File)}
	}
	s.encode(result)
}

// fix returns an edit in SARIF.
func fix(e *lint.Edit, file string) object {
	return object{
		"description": object{"text": e.Does},
		"artifactChanges": []object{{
			"artifactLocation": object{"uri": uri(file)},
			"replacements": []object{{
				"deletedRegion":   object{"startLine": e.Start.Line, "startColumn": e.Start.Column, "endLine": e.End.Line, "endColumn": e.End.Column},
				"insertedContent": object{"text": e.Text},
			}},
		}},
	}
}

func (s *sarif) End(problems []error, _ int) error {
	notifications := []object{}
	for _, err := range problems {
		notifications = append(notifications, object{"level": "error", "message": object{"text": err.Error()}})
	}
	fmt.Fprint(s.to, `],"invocations":`)
	s.encode([]object{{"executionSuccessful": len(problems) == 0, "toolExecutionNotifications": notifications}})
	rules := []object{}
	for _, id := range s.rules {
		rule, _ := lint.RuleOf(id) // which has findings
		rules = append(rules, describe(rule))
	}
	fmt.Fprint(s.to, `,"columnKind":"unicodeCodePoints","tool":`)
	s.encode(object{"driver": object{
		"name":           "kubectl-hostprocess",
		"version":        s.version,
		"informationUri": "https://github.com/hostprocess-go/sdk",
		"rules":          rules,
	}})
	fmt.Fprintln(s.to, "}]}")
	return s.to.Flush()
}

// encode writes a value; Flush returns the error.
func (s *sarif) encode(value any) { _ = s.encoder.Encode(value) }

func describe(r validate.Rule) object {
	why, _, _ := strings.Cut(r.Doc, "\n\n") // code-scanning pages limit its length
	fix := "To fix it, " + r.Fix + "."
	help := []string{r.Doc, fix}
	markdown := []string{r.Doc, "**" + fix + "**"}
	if len(r.Sources) > 0 {
		help = append(help, "Sources:\n"+strings.Join(r.Sources, "\n"))
		markdown = append(markdown, "Sources:\n\n- "+strings.Join(r.Sources, "\n- "))
	}
	rule := object{
		"id":                   r.ID,
		"shortDescription":     object{"text": r.Title},
		"fullDescription":      object{"text": why},
		"defaultConfiguration": object{"level": level(r.Severity())},
		"help":                 object{"text": strings.Join(help, "\n\n"), "markdown": strings.Join(markdown, "\n\n")},
		"properties":           object{"tags": []string{"kubernetes", "windows", r.Outcome.String()}},
	}
	if link := Link(r.ID); link != "" {
		rule["helpUri"] = link
	}
	return rule
}

// level returns a severity in SARIF.
func level(s validate.Severity) string {
	if s == validate.SeverityInfo {
		return "note"
	}
	return s.String()
}

// uri returns a path as a URI.
func uri(file string) string {
	u := url.URL{Path: filepath.ToSlash(file)}
	if filepath.IsAbs(file) {
		u.Scheme, u.Path = "file", "/"+strings.TrimPrefix(u.Path, "/")
	}
	return u.String()
}
