// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
)

var osName = rule[podCheck]{
	Rule: Rule{
		ID:      "os-name",
		Title:   "spec.os.name must be windows or linux",
		Doc:     `The API server accepts two operating systems, windows and linux. It rejects an empty spec.os.name and any other value.`,
		Outcome: OutcomeRejected,
		Since:   "v0.1.0",
		Sources: []string{
			validationSource + "#L9022-L9035",
		},
		Fix: "set spec.os.name to windows",
	},
	about: isUnusual,
	check: func(p pod) []problem {
		switch {
		case p.spec.OS == nil || p.spec.OS.Name == corev1.Windows || p.spec.OS.Name == corev1.Linux:
			return nil
		case p.spec.OS.Name == "":
			return []problem{{field: "os.name", kind: required, message: "is empty: the API server rejects the pod"}}
		}
		return []problem{{field: "os", kind: notSupported, message: fmt.Sprintf("has the name %s, but the API server accepts only windows and linux", quoted(p.spec.OS.Name))}}
	},
}
