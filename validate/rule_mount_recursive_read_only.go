// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// mountRecursiveReadOnly: the API server restricts recursiveReadOnly.
var mountRecursiveReadOnly = rule[mountCheck]{
	Rule: Rule{
		ID:    "mount-recursive-read-only",
		Title: "recursiveReadOnly requires readOnly and excludes mountPropagation",
		Doc: `recursiveReadOnly is Disabled, IfPossible or Enabled. The latter two require readOnly: true and no mountPropagation. From Kubernetes 1.31 on, the API server rejects anything else; before, it dropped the field.

On Windows, recursiveReadOnly has no use; see recursive-read-only-unsupported.`,
		Outcome: OutcomeRejected,
		Since:   "v0.1.0",
		Sources: []string{
			validationSource + "#L1480-L1504",
			featuresSource,
		},
		Fix: "remove recursiveReadOnly",
	},
	about: hasPropagation,
	check: func(p pod, _ container, m mount) []problem {
		if m.RecursiveReadOnly == nil || p.minor < 31 {
			return nil
		}
		// The API server leaves the index out of the field.
		reject := func(kind field.ErrorType, reason string) problem {
			return problem{noIndex: true, field: "recursiveReadOnly", kind: kind, message: fmt.Sprintf("is %s, %s: the API server rejects the pod", quoted(*m.RecursiveReadOnly), reason)}
		}
		var problems []problem
		switch *m.RecursiveReadOnly {
		case corev1.RecursiveReadOnlyDisabled:
		case corev1.RecursiveReadOnlyEnabled, corev1.RecursiveReadOnlyIfPossible:
			if !m.ReadOnly {
				problems = append(problems, reject(forbidden, "but readOnly is false"))
			}
			if m.MountPropagation != nil && *m.MountPropagation != corev1.MountPropagationNone {
				problems = append(problems, reject(forbidden, "but mountPropagation is set"))
			}
		default:
			problems = append(problems, reject(notSupported, "not Disabled, IfPossible or Enabled"))
		}
		return problems
	},
}
