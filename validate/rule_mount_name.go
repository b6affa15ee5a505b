// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import "fmt"

var mountName = rule[mountCheck]{
	Rule: Rule{
		ID:      "mount-name",
		Title:   "a volumeMount must name a volume of the pod",
		Doc:     `Every volumeMount names a volume of the pod (in a StatefulSet, possibly a volumeClaimTemplate). The API server rejects empty and unknown names.`,
		Outcome: OutcomeRejected,
		Since:   "v0.1.0",
		Sources: []string{
			validationSource + "#L3177-L3189",
		},
		Fix: "add a volume with that name to the pod, or name an existing one",
	},
	about: namesNoVolume,
	check: func(p pod, _ container, m mount) []problem {
		if m.Name != "" && (m.volume != nil || p.claimTemplate(m.Name)) {
			return nil
		}
		kind := notFound
		if m.Name == "" {
			kind = required
		}
		return []problem{{field: "name", kind: kind, message: fmt.Sprintf("is %s, but the pod has no such volume: the API server rejects the pod", quoted(m.Name))}}
	},
}
