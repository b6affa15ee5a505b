// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

// hostProcessContainerLevel: hostProcess is better set once.
var hostProcessContainerLevel = rule[podCheck]{
	Rule: Rule{
		ID:    "host-process-container-level",
		Title: "hostProcess should be set once, for the pod",
		Doc: `A pod whose containers each set hostProcess: true works. But a container that is added later without it makes the pod invalid, such as a sidecar from a webhook or the container of kubectl debug: the API server rejects it with "If pod contains any hostProcess containers then all containers must be HostProcess containers". Set for the pod, it applies to all containers.

Kubelets 1.23 and 1.24 without the fix of May 2022 ran such a pod as an ordinary one, and it failed.`,
		Outcome: OutcomeAdvice,
		Since:   "v0.1.0",
		Sources: []string{
			"https://github.com/kubernetes/kubernetes/pull/110140",
			validationSource + "#L8960-L9016",
		},
		Fix: "set securityContext.windowsOptions.hostProcess to true for the pod, and remove it from the containers",
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
			message: "is set by each container, not for the pod: the pod becomes invalid when kubectl debug or a webhook adds a container",
		}}
	},
}
