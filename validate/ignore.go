// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"slices"
	"strings"
)

// IgnoreAnnotation is the annotation with which the author of an object suppresses
// rules. Its value is a list of rule IDs, separated by commas, such as
// "local-system-unneeded, os-missing"; spaces around them are ignored.
const IgnoreAnnotation = "hostprocess-go.dev/ignore"

// Ignore splits findings into those to report and those of rules that an object's
// IgnoreAnnotation suppresses, for tools that let authors do so; a Validator ignores
// the annotation. The annotations are those of the object, of its pod template, or from
// wherever the tool reads them.
//
// Both lists keep their order, and together contain all findings. unknown are the words
// of the annotation that aren't rule IDs, so that a tool can report them. Each result
// is nil if it is empty.
func Ignore(findings Findings, annotations map[string]string) (kept, ignored Findings, unknown []string) {
	ids := ruleIDs(annotations[IgnoreAnnotation])
	for _, f := range findings {
		if slices.Contains(ids, f.Rule) {
			ignored = append(ignored, f)
		} else {
			kept = append(kept, f)
		}
	}
	if len(ids) == 0 {
		return kept, ignored, nil
	}
	rules := Rules()
	for _, id := range ids {
		if !slices.ContainsFunc(rules, func(r Rule) bool { return r.ID == id }) {
			unknown = append(unknown, string(id))
		}
	}
	return kept, ignored, unknown
}

// ruleIDs parses the value of the annotation.
func ruleIDs(value string) []RuleID {
	var ids []RuleID
	for word := range strings.SplitSeq(value, ",") {
		if word = strings.TrimSpace(word); word != "" {
			ids = append(ids, RuleID(word))
		}
	}
	return ids
}
