// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
)

// namespacePodSecurityEnforce: Pod Security refuses HostProcess pods.
var namespacePodSecurityEnforce = rule[namespaceCheck]{
	Rule: Rule{
		ID:    "namespace-pod-security-enforce",
		Title: "the namespace must enforce the level privileged only",
		Doc: `At the levels baseline and restricted Pod Security admission refuses every HostProcess pod, in every version of the levels: "violates PodSecurity "baseline:latest": host namespaces (hostNetwork=true), … hostProcess (pod must not set securityContext.windowsOptions.hostProcess=true)". A workload such as a DaemonSet is accepted, and none of its pods can be created.

A value that is none of the three levels counts as restricted.

Put HostProcess pods in a namespace of their own, and allow only those who administer nodes to create pods there.`,
		Outcome: OutcomeRejected,
		Since:   "v0.1.0",
		Sources: []string{
			podSecuritySource + "policy/check_windowsHostProcess.go#L46-L102",
			podSecuritySource + "api/helpers.go#L177-L237",
			"https://github.com/kubernetes/kubernetes/issues/103381",
		},
		Fix: "label the namespace pod-security.kubernetes.io/enforce: privileged",
	},
	check: func(ns *corev1.Namespace) []problem {
		level := podSecurityLevel(ns, "enforce", restricted)
		if !refusesHostProcess(level) {
			return nil
		}
		message := fmt.Sprintf("is %s: Pod Security admission refuses every HostProcess pod", quoted(level))
		if text := ns.Labels[podSecurityPrefix+"enforce"]; text != level {
			message = fmt.Sprintf("is %s, which is no level and counts as %s: Pod Security admission refuses every HostProcess pod", quoted(text), quoted(level))
		}
		return []problem{{field: podSecurityField("enforce"), message: message}}
	},
}
