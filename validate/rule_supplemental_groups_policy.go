// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import corev1 "k8s.io/api/core/v1"

// supplementalGroupsPolicy: no Windows runtime supports strict supplemental groups.
var supplementalGroupsPolicy = rule[podCheck]{
	Rule: Rule{
		ID:    "supplemental-groups-policy",
		Title: "supplementalGroupsPolicy: Strict is rejected by Windows nodes",
		Doc: `A kubelet of Kubernetes 1.33 or newer rejects a pod with supplementalGroupsPolicy: Strict if its runtime doesn't support it, and no runtime on Windows does: the pod fails with the reason SupplementalGroupsPolicyNotSupported.

With spec.os.name: windows, the API server already rejects the field; see linux-only-field.`,
		Outcome: OutcomeFails,
		Since:   "v0.1.0",
		Sources: []string{
			kubeletAdmissionSource + "#L307-L344",
			featuresSource,
		},
		Fix: "remove supplementalGroupsPolicy",
	},
	about: hasLinuxFields,
	check: func(p pod) []problem {
		if p.spec.OS != nil || !p.strictSupplementalGroups() {
			return nil
		}
		return []problem{{field: "securityContext.supplementalGroupsPolicy", kind: notSupported, message: "is Strict, which no Windows node supports: the kubelet rejects the pod"}}
	},
}

// strictSupplementalGroups reports whether the pod sets the strict policy, on a server
// that has the field.
func (p pod) strictSupplementalGroups() bool {
	s := p.spec.SecurityContext
	return p.minor >= 33 && s != nil && s.SupplementalGroupsPolicy != nil && *s.SupplementalGroupsPolicy == corev1.SupplementalGroupsPolicyStrict
}
