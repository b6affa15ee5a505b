// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
)

// namespacePodSecurityAudit: Pod Security admission records HostProcess pods.
var namespacePodSecurityAudit = rule[namespaceCheck]{
	Rule: Rule{
		ID:    "namespace-pod-security-audit",
		Title: "the namespace adds every HostProcess pod to the audit log",
		Doc: `With pod-security.kubernetes.io/audit at the level baseline or restricted, every HostProcess pod, and every workload of such pods, leaves a violation in the API server's audit log. The pods run. If you don't want the entries, set the level to privileged.

Here, any other value counts as privileged.`,
		Outcome: OutcomeAdvice,
		Since:   "v0.1.0",
		Sources: []string{
			podSecuritySource + "admission/admission.go#L455-L527",
			podSecuritySource + "api/helpers.go#L177-L237",
		},
		Fix: "label the namespace pod-security.kubernetes.io/audit: privileged, unless you want the entries",
	},
	check: func(ns *corev1.Namespace) []problem {
		level := podSecurityLevel(ns, "audit", privileged)
		if !refusesHostProcess(level) {
			return nil
		}
		return []problem{{field: podSecurityField("audit"), message: fmt.Sprintf("is %s: Pod Security admission records a violation for every HostProcess pod", quoted(level))}}
	},
}
