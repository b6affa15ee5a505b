// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
)

// namespacePodSecurityEnforce: Pod Security admission rejects HostProcess pods.
var namespacePodSecurityEnforce = rule[namespaceCheck]{
	Rule: Rule{
		ID:    "namespace-pod-security-enforce",
		Title: "a namespace with HostProcess pods must enforce the level privileged",
		Doc: `At the levels baseline and restricted, in every version, Pod Security admission rejects every HostProcess pod: "violates PodSecurity "baseline:latest": host namespaces (hostNetwork=true), … hostProcess (pod must not set securityContext.windowsOptions.hostProcess=true)". A workload such as a DaemonSet is accepted, but its pods can't be created.

Any value that isn't one of the three levels counts as restricted.

Put HostProcess pods into their own namespace, and allow only the administrators of the nodes to create pods there.`,
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
		message := fmt.Sprintf("is %s: Pod Security admission rejects every HostProcess pod", quoted(level))
		if text := ns.Labels[podSecurityPrefix+"enforce"]; text != level {
			message = fmt.Sprintf("is %s, not a valid level, which counts as %s: Pod Security admission rejects every HostProcess pod", quoted(text), quoted(level))
		}
		return []problem{{field: podSecurityField("enforce"), message: message}}
	},
}
