// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
)

// namespacePodSecurityWarn: Pod Security warns of HostProcess pods.
var namespacePodSecurityWarn = rule[namespaceCheck]{
	Rule: Rule{
		ID:    "namespace-pod-security-warn",
		Title: "the namespace warns of every HostProcess pod",
		Doc: `With pod-security.kubernetes.io/warn at the level baseline or restricted, whoever creates a HostProcess pod, or a workload of such pods, gets a warning each time. The pods run. A warning that always comes hides the next one that matters.

Nothing is said where the namespace refuses the pods anyway; see namespace-pod-security-enforce. A value that is none of the three levels counts as privileged here.`,
		Outcome: OutcomeAdvice,
		Since:   "v0.1.0",
		Sources: []string{
			podSecuritySource + "admission/admission.go#L455-L527",
			podSecuritySource + "api/helpers.go#L177-L237",
		},
		Fix: "label the namespace pod-security.kubernetes.io/warn: privileged",
	},
	check: func(ns *corev1.Namespace) []problem {
		if enforced := podSecurityLevel(ns, "enforce", restricted); refusesHostProcess(enforced) {
			return nil
		}
		level := podSecurityLevel(ns, "warn", privileged)
		if !refusesHostProcess(level) {
			return nil
		}
		return []problem{{field: podSecurityField("warn"), message: fmt.Sprintf("is %s: Pod Security admission warns of every HostProcess pod", quoted(level))}}
	},
}
