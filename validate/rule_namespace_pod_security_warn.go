// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
)

// namespacePodSecurityWarn: Pod Security admission warns about HostProcess pods.
var namespacePodSecurityWarn = rule[namespaceCheck]{
	Rule: Rule{
		ID:    "namespace-pod-security-warn",
		Title: "the namespace warns about every HostProcess pod",
		Doc: `With pod-security.kubernetes.io/warn at the level baseline or restricted, everyone who creates a HostProcess pod, or a workload of such pods, gets a warning each time. The pods run. A warning that always appears hides the ones that matter.

The rule reports nothing if the namespace rejects the pods anyway; see namespace-pod-security-enforce. Here, any value that isn't one of the three levels counts as privileged.`,
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
		return []problem{{field: podSecurityField("warn"), message: fmt.Sprintf("is %s: Pod Security admission warns about every HostProcess pod", quoted(level))}}
	},
}
