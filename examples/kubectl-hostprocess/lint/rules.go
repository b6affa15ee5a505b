// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package lint

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/hostprocess-go/sdk/validate"
)

// Rules about the manifest itself, which aren't in the catalogue.
const (
	parseError   validate.RuleID = "parse-error"
	unknownField validate.RuleID = "unknown-field"
	unknownRule  validate.RuleID = "unknown-rule"
	mergePatch   validate.RuleID = "merge-patch"
	notChecked   validate.RuleID = "not-checked"
)

var ownRules = []validate.Rule{
	{ID: parseError, Since: "v0.1.0", Title: "the manifest must be readable", Doc: "The object can't be read as YAML or JSON, or not as an object of its kind.", Fix: "correct the manifest"},
	{ID: unknownField, Since: "v0.1.0", Outcome: validate.OutcomeDiffers, Title: "the object must have no unknown fields", Doc: "Kubernetes has no field of that name. The API server drops it, or refuses the object where validation is strict.", Fix: "correct the field's name, or remove it"},
	{ID: unknownRule, Since: "v0.1.0", Outcome: validate.OutcomeDiffers, Title: "an annotation must name rules that exist", Doc: "The annotation " + validate.IgnoreAnnotation + " names a rule that doesn't exist, so nothing is ignored by it.", Fix: "correct the rule's name, or remove it"},
	{ID: mergePatch, Since: "v0.1.0", Outcome: validate.OutcomeAdvice, Title: "a patch isn't checked", Doc: "The object is a strategic merge patch, as in an overlay of kustomize: what it leaves out is in another file, so it can't be checked alone.", Fix: "check what kustomize builds, with -k"},
	{ID: notChecked, Since: "v0.1.0", Outcome: validate.OutcomeAdvice, Title: "a HostProcess pod in an unknown place isn't checked", Doc: "The object sets hostProcess: true, but not in a pod template, nor in a manifest that can be read. Pods that are made of it aren't checked.", Fix: "check the pods that are made of it"},
}

// Rules returns the rules of the catalogue and those about manifests, sorted by id.
func Rules() []validate.Rule {
	return slices.SortedFunc(slices.Values(append(validate.Rules(), ownRules...)), func(a, b validate.Rule) int { return cmp.Compare(a.ID, b.ID) })
}

// RuleOf returns the rule with an id.
func RuleOf(id validate.RuleID) (validate.Rule, error) {
	all := Rules()
	at := slices.IndexFunc(all, func(r validate.Rule) bool { return r.ID == id })
	if at < 0 {
		return validate.Rule{}, fmt.Errorf("there is no rule %q: kubectl hostprocess rules lists all", string(id))
	}
	return all[at], nil
}

// own is a finding of a rule about manifests.
func own(id validate.RuleID, field, message string) validate.Finding {
	r := ownRules[slices.IndexFunc(ownRules, func(r validate.Rule) bool { return r.ID == id })]
	return validate.Finding{Rule: id, Severity: r.Severity(), Field: field, Message: message, Fix: r.Fix}
}
