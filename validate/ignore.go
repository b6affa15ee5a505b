// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"slices"
	"strings"
)

// IgnoreAnnotation is the annotation by which the author of an object says that
// findings of some rules are meant to be so. Its value is a list of rule ids,
// separated by commas, such as "local-system-unneeded, os-missing"; spaces around
// them don't count.
const IgnoreAnnotation = "hostprocess-go.dev/ignore"

// Ignore takes the findings of the rules that an object's IgnoreAnnotation
// names out of findings, for tools that let authors do so; a Validator does not
// look at the annotation. The annotations are those of the object, of its pod
// template, or of whatever the tool reads them from.
//
// Both halves keep their order; nothing is lost between them. unknown are the
// words of the annotation that are no rule's id, so that a tool can say that
// there is nothing to ignore. Each result is nil where it would be empty.
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

// ruleIDs reads the value of the annotation.
func ruleIDs(value string) []RuleID {
	var ids []RuleID
	for word := range strings.SplitSeq(value, ",") {
		if word = strings.TrimSpace(word); word != "" {
			ids = append(ids, RuleID(word))
		}
	}
	return ids
}
