// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package lint

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/hostprocess-go/sdk/validate"
)

// Rules about the manifest itself, in addition to those of package validate.
const (
	parseError   validate.RuleID = "parse-error"
	unknownField validate.RuleID = "unknown-field"
	unknownRule  validate.RuleID = "unknown-rule"
	mergePatch   validate.RuleID = "merge-patch"
	notChecked   validate.RuleID = "not-checked"
)

var ownRules = []validate.Rule{
	{ID: parseError, Since: "v0.1.0", Title: "the manifest must be readable", Doc: "The object can't be read as YAML or JSON, or not as an object of its kind.", Fix: "correct the manifest"},
	{ID: unknownField, Since: "v0.1.0", Outcome: validate.OutcomeDiffers, Title: "the object must have no unknown fields", Doc: "Kubernetes has no field of that name. The API server drops it, or rejects the object if validation is strict.", Fix: "correct the field's name, or remove it"},
	{ID: unknownRule, Since: "v0.1.0", Outcome: validate.OutcomeDiffers, Title: "an annotation must name rules that exist", Doc: "The annotation " + validate.IgnoreAnnotation + " names a rule that doesn't exist, so it suppresses nothing.", Fix: "correct the rule's name, or remove it"},
	{ID: mergePatch, Since: "v0.1.0", Outcome: validate.OutcomeAdvice, Title: "a patch isn't checked", Doc: "The object is a strategic merge patch, as in a kustomize overlay: the rest of the object is in another file, so it can't be checked alone.", Fix: "check the output of kustomize, with -k"},
	{ID: notChecked, Since: "v0.1.0", Outcome: validate.OutcomeAdvice, Title: "a HostProcess pod in an unknown place isn't checked", Doc: "The object sets hostProcess: true, but neither in a known pod template nor in a readable manifest. The pods that it creates aren't checked.", Fix: "check the pods that it creates"},
}

// Rules returns the rules of package validate and those about manifests, sorted by id.
func Rules() []validate.Rule {
	return slices.SortedFunc(slices.Values(append(validate.Rules(), ownRules...)), func(a, b validate.Rule) int { return cmp.Compare(a.ID, b.ID) })
}

// RuleOf returns the rule with an id.
func RuleOf(id validate.RuleID) (validate.Rule, error) {
	all := Rules()
	at := slices.IndexFunc(all, func(r validate.Rule) bool { return r.ID == id })
	if at < 0 {
		return validate.Rule{}, fmt.Errorf("no rule %q: to list the rules, run kubectl hostprocess rules", string(id))
	}
	return all[at], nil
}

// own returns a finding of a rule about manifests.
func own(id validate.RuleID, field, message string) validate.Finding {
	r := ownRules[slices.IndexFunc(ownRules, func(r validate.Rule) bool { return r.ID == id })]
	return validate.Finding{Rule: id, Severity: r.Severity(), Field: field, Message: message, Fix: r.Fix}
}
