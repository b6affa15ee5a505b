// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
)

// namespacePodSecurityAudit: Pod Security records HostProcess pods.
var namespacePodSecurityAudit = rule[namespaceCheck]{
	Rule: Rule{
		ID:    "namespace-pod-security-audit",
		Title: "the namespace records every HostProcess pod in the audit log",
		Doc: `With pod-security.kubernetes.io/audit at the level baseline or restricted, every HostProcess pod, and every workload of such pods, leaves a violation in the audit log of the API server. The pods run. That may be just what is wanted; if not, set the level to privileged.

A value that is none of the three levels counts as privileged here.`,
		Outcome: OutcomeAdvice,
		Since:   "v0.1.0",
		Sources: []string{
			podSecuritySource + "admission/admission.go#L455-L527",
			podSecuritySource + "api/helpers.go#L177-L237",
		},
		Fix: "label the namespace pod-security.kubernetes.io/audit: privileged, unless the record is wanted",
	},
	check: func(ns *corev1.Namespace) []problem {
		level := podSecurityLevel(ns, "audit", privileged)
		if !refusesHostProcess(level) {
			return nil
		}
		return []problem{{field: podSecurityField("audit"), message: fmt.Sprintf("is %s: Pod Security admission records a violation for every HostProcess pod", quoted(level))}}
	},
}
