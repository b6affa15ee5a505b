// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import corev1 "k8s.io/api/core/v1"

var linuxOnlyField = rule[podCheck]{
	Rule: Rule{
		ID:    "linux-only-field",
		Title: "Linux-only fields can't be set if spec.os.name is windows",
		Doc: `If spec.os.name is windows, the API server rejects every field that has no meaning on Windows, with any value: even privileged: false is an error.

Without spec.os, the API server accepts these fields and Windows nodes ignore them; see linux-only-field-ignored.`,
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
			problems = append(problems, problem{container: c, field: field, kind: forbidden, message: "can't be set to any value if spec.os.name is windows: the API server rejects the pod"})
		}
		return problems
	},
}
