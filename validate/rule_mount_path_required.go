// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

var mountPathRequired = rule[mountCheck]{
	Rule: Rule{
		ID:      "mount-path-required",
		Title:   "mountPath can't be empty",
		Doc:     `The API server rejects a volumeMount without a mountPath. A relative mountPath works: the kubelet puts it below C:\.`,
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
		return []problem{{field: "mountPath", kind: required, message: "is empty: the API server rejects the pod", cause: m.fault()}}
	},
}
