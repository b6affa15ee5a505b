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

var ownRules = map[validate.RuleID]validate.Rule{
	parseError:   {Title: "the manifest must be readable", Doc: "The object can't be read as YAML or JSON, or not as an object of its kind.", Fix: "correct the manifest"},
	unknownField: {Outcome: validate.OutcomeDiffers, Title: "the object must have no unknown fields", Doc: "Kubernetes has no field of that name. The API server drops it, or refuses the object where validation is strict.", Fix: "correct the field's name, or remove it"},
	unknownRule:  {Outcome: validate.OutcomeDiffers, Title: "an annotation must name rules that exist", Doc: "The annotation " + validate.IgnoreAnnotation + " names a rule that doesn't exist, so nothing is ignored by it.", Fix: "correct the rule's name, or remove it"},
	mergePatch:   {Outcome: validate.OutcomeAdvice, Title: "a patch isn't checked", Doc: "The object is a strategic merge patch, as in an overlay of kustomize: what it leaves out is in another file, so it can't be checked alone.", Fix: "check what kustomize builds, with -k"},
	notChecked:   {Outcome: validate.OutcomeAdvice, Title: "a HostProcess pod in an unknown place isn't checked", Doc: "The object sets hostProcess: true, but not in a pod template, nor in a manifest that can be read. Pods that are made of it aren't checked.", Fix: "check the pods that are made of it"},
}

// Rules returns the rules of the catalogue and those about manifests, sorted by id.
func Rules() []validate.Rule {
	all := validate.Rules()
	for id := range ownRules {
		all = append(all, ownRule(id).Rule)
	}
	slices.SortFunc(all, func(a, b validate.Rule) int { return cmp.Compare(a.ID, b.ID) })
	return all
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

// IsOwn reports whether a rule is about manifests, and so not in the catalogue.
func IsOwn(id validate.RuleID) bool { _, own := ownRules[id]; return own }

type own struct{ validate.Rule }

func ownRule(id validate.RuleID) own {
	r := ownRules[id]
	r.ID, r.Since = id, "v0.1.0"
	return own{r}
}

// finding is one of the rule.
func (r own) finding(field, message string) validate.Finding {
	return validate.Finding{Rule: r.ID, Severity: r.Severity(), Field: field, Message: message, Fix: r.Fix}
}
