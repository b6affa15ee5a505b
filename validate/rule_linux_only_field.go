// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import corev1 "k8s.io/api/core/v1"

// linuxOnlyField: the API server forbids Linux-only fields in a pod for Windows.
var linuxOnlyField = rule[podCheck]{
	Rule: Rule{
		ID:    "linux-only-field",
		Title: "no Linux-only field where spec.os.name is windows",
		Doc: `With spec.os.name: windows the API server refuses every field that has no meaning on Windows, whatever its value: even privileged: false is an error.

Without spec.os.name the same fields are accepted and ignored; the rule linux-only-field-ignored is about those.`,
		Outcome: OutcomeRejected,
		Since:   "v0.1.0",
		Sources: []string{
			validationSource + "#L5020-L5108",
		},
		Fix: "remove the field",
	},
	about: hasLinuxFields,
	check: func(p pod) []problem {
		if p.osName() != corev1.Windows {
			return nil
		}
		var problems []problem
		for c, field := range p.linuxOnlyFields {
			problems = append(problems, problem{container: c, field: field, kind: forbidden, message: "cannot be set where spec.os.name is windows, whatever its value: the API server rejects the pod"})
		}
		return problems
	},
}
