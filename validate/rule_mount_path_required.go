// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

// mountPathRequired: a mount needs a path.
var mountPathRequired = rule[mountCheck]{
	Rule: Rule{
		ID:      "mount-path-required",
		Title:   "mountPath must not be empty",
		Doc:     `The API server rejects a volumeMount without a mountPath. A relative mountPath is fine: the kubelet puts it below C:\.`,
		Outcome: OutcomeRejected,
		Since:   "v0.1.0",
		Sources: []string{
			validationSource + "#L3190-L3192",
		},
		Fix: "set mountPath",
	},
	about: hasOddPath,
	check: func(_ pod, _ container, m mount) []problem {
		if m.MountPath != "" {
			return nil
		}
		return []problem{{field: "mountPath", kind: required, message: "is empty: the API server rejects it", cause: m.fault()}}
	},
}
