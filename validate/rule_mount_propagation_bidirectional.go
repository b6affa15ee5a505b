// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// mountPropagationBidirectional: the API server allows Bidirectional in
// privileged containers only.
var mountPropagationBidirectional = rule[mountCheck]{
	Rule: Rule{
		ID:    "mount-propagation-bidirectional",
		Title: "mountPropagation: Bidirectional requires a privileged container",
		Doc: `The API server accepts mountPropagation: Bidirectional in privileged containers only, and no values other than None, HostToContainer and Bidirectional. A pod with spec.os.name: windows can't have privileged containers, so the API server never accepts Bidirectional there.

mountPropagation has no effect on Windows; see mount-propagation-ignored.`,
		Outcome: OutcomeRejected,
		Since:   "v0.1.0",
		Sources: []string{
			validationSource + "#L1448-L1478",
		},
		Fix: "remove mountPropagation",
	},
	about: hasPropagation,
	check: func(_ pod, c container, m mount) []problem {
		if m.MountPropagation == nil {
			return nil
		}
		// The API server leaves the index out of the field.
		reject := func(kind field.ErrorType, reason string) []problem {
			return []problem{{noIndex: true, field: "mountPropagation", kind: kind, message: fmt.Sprintf("is %s, %s: the API server rejects the pod", quoted(*m.MountPropagation), reason)}}
		}
		switch *m.MountPropagation {
		case corev1.MountPropagationNone, corev1.MountPropagationHostToContainer:
			return nil
		case corev1.MountPropagationBidirectional:
			if c.privileged() {
				return nil
			}
			return reject(forbidden, "but the container isn't privileged")
		}
		return reject(notSupported, "not None, HostToContainer or Bidirectional")
	},
}

// privileged reports whether the container sets privileged, which has no effect on
// Windows.
func (c container) privileged() bool {
	return c.SecurityContext != nil && c.SecurityContext.Privileged != nil && *c.SecurityContext.Privileged
}
