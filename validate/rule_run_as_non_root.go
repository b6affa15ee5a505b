// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

var runAsNonRoot = rule[podCheck]{
	Rule: Rule{
		ID:    "run-as-non-root",
		Title: "runAsNonRoot must not be true",
		Doc: `The documentation of HostProcess containers forbids runAsNonRoot: true, because such a container has privileged access to the host.

No component enforces this: the API server doesn't check it, and the kubelet only compares the user with ContainerAdministrator. So the field promises something that isn't checked. Choose a less privileged account instead.`,
		Outcome: OutcomeDiffers,
		Since:   "v0.1.0",
		Sources: []string{
			docSource,
			"https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/kubelet/kuberuntime/security_context_windows.go",
		},
		Fix: "remove runAsNonRoot, and choose the account with runAsUserName",
	},
	about: hasLinuxFields,
	check: func(p pod) []problem {
		const message = "is true, which the documentation of HostProcess containers forbids and no component enforces: it has no effect"
		var problems []problem
		if s := p.spec.SecurityContext; s != nil && s.RunAsNonRoot != nil && *s.RunAsNonRoot {
			problems = append(problems, problem{field: "securityContext.runAsNonRoot", message: message})
		}
		for c := range p.containers {
			if s := c.SecurityContext; s != nil && s.RunAsNonRoot != nil && *s.RunAsNonRoot {
				problems = append(problems, problem{container: c, field: "securityContext.runAsNonRoot", message: message})
			}
		}
		return problems
	},
}
