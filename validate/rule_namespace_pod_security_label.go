// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
)

var namespacePodSecurityLabel = rule[namespaceCheck]{
	Rule: Rule{
		ID:    "namespace-pod-security-label",
		Title: "Pod Security labels must have valid values",
		Doc: `The labels enforce, warn and audit take privileged, baseline or restricted, in lower case; the labels that end in -version take latest, or v1. and a number. Pod Security admission rejects any other value when a namespace is created or changed.

An existing namespace with such a value, from before the admission plugin was enabled, is treated as enforce: restricted, and as warn and audit: privileged.`,
		Outcome: OutcomeRejected,
		Since:   "v0.1.0",
		Sources: []string{
			podSecuritySource + "admission/admission.go#L229-L279",
			podSecuritySource + "api/helpers.go#L96-L137",
		},
		Fix: "use privileged, baseline or restricted, and latest or v1.x for a version",
	},
	check: func(ns *corev1.Namespace) []problem {
		var problems []problem
		for _, mode := range [...]string{"enforce", "audit", "warn"} {
			if level, ok := ns.Labels[podSecurityPrefix+mode]; ok && !isLevel(level) {
				problems = append(problems, problem{field: podSecurityField(mode), message: fmt.Sprintf("is %s, not privileged, baseline or restricted: Pod Security admission rejects the namespace", quoted(level))})
			}
			if version, ok := ns.Labels[podSecurityPrefix+mode+"-version"]; ok && !isLevelVersion(version) {
				problems = append(problems, problem{field: podSecurityField(mode + "-version"), message: fmt.Sprintf("is %s, not latest or v1.x: Pod Security admission rejects the namespace", quoted(version))})
			}
		}
		return problems
	},
}
