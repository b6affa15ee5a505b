// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

// hostProcessContainerLevel: hostProcess is better said once.
var hostProcessContainerLevel = rule[podCheck]{
	Rule: Rule{
		ID:    "host-process-container-level",
		Title: "hostProcess is better said once, for the pod",
		Doc: `A pod whose containers say hostProcess: true each for itself works. But a container that is added later and doesn't say it makes the pod invalid: a sidecar from a webhook, or the one that kubectl debug adds, which the API server then refuses with "If pod contains any hostProcess containers then all containers must be HostProcess containers". Said for the pod, it holds for all of them.

Kubelets of 1.23 and 1.24 without the fix of May 2022 ran such a pod as an ordinary one, so that it failed.`,
		Outcome: OutcomeAdvice,
		Since:   "v0.1.0",
		Sources: []string{
			"https://github.com/kubernetes/kubernetes/pull/110140",
			validationSource + "#L8960-L9016",
		},
		Fix: "set securityContext.windowsOptions.hostProcess to true for the pod and remove it from the containers",
	},
	about: hasOwnOptions,
	check: func(p pod) []problem {
		if p.windows().HostProcess != nil {
			return nil
		}
		for c := range p.containers {
			if !p.hostProcess(c) {
				return nil // host-process-mixed
			}
		}
		return []problem{{
			field:   "securityContext.windowsOptions.hostProcess",
			message: "is said by each container and not for the pod: the pod becomes invalid as soon as kubectl debug or a webhook adds a container",
		}}
	},
}
