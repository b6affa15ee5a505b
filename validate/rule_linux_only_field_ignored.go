// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import "strings"

// linuxOnlyFieldIgnored: without spec.os, the API server accepts Linux-only fields.
var linuxOnlyFieldIgnored = rule[podCheck]{
	Rule: Rule{
		ID:    "linux-only-field-ignored",
		Title: "Linux-only fields have no effect on Windows",
		Doc: `privileged, capabilities, seccompProfile, hostPID and similar fields work on Linux only. If spec.os is not set, the API server accepts them, and the kubelet and the runtime of a Windows node ignore them. They don't restrict the container: it has all rights of its runAsUserName. hostPID, hostIPC and shareProcessNamespace change nothing either, because a HostProcess container sees the host's processes anyway.

Such fields come from templates, from webhooks that harden pods, and from the assumption that a HostProcess container must be privileged. If spec.os.name: windows is added later, the API server rejects the pod for each of them, with any value; see linux-only-field.

Some do harm. With runAsUser, the pod hangs on older nodes; see run-as-user-hangs. With supplementalGroupsPolicy: Strict, the kubelet rejects the pod; see supplemental-groups-policy. With sysctls, it rejects the pod unless its list of safe sysctls has them, although Windows has none.

emptyDir.mode and bindMountOptions of a volumeMount, both alpha in Kubernetes 1.37, have no effect on Windows either. The rule doesn't see them, because the oldest Kubernetes API that this module supports doesn't have these fields.`,
		Outcome: OutcomeDiffers,
		Since:   "v0.1.0",
		Sources: []string{
			validationSource + "#L5020-L5108",
			"https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/kubelet/kuberuntime/kuberuntime_container_windows.go#L115-L149",
			"https://github.com/kubernetes/kubernetes/blob/v1.37.2/staging/src/k8s.io/api/core/v1/types.go#L2580-L2584",
			"https://github.com/kubernetes/kubernetes/pull/93475",
			"https://github.com/kubernetes/kubernetes/issues/102849",
			"https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/kubelet/sysctl/allowlist.go#L111-L138",
			kepSource,
		},
		Fix: "remove the field",
	},
	about: hasLinuxFields,
	check: func(p pod) []problem {
		if p.spec.OS != nil {
			return nil
		}
		var problems []problem
		hangs := p.nodes&kubelet128 != 0 && p.chownsToken()
		for c, field := range p.linuxOnlyFields {
			switch {
			case field == "hostUsers" && p.spec.HostNetwork && !*p.spec.HostUsers:
				continue // host-users
			case field == "securityContext.supplementalGroupsPolicy" && p.strictSupplementalGroups():
				continue // supplemental-groups-policy
			case strings.HasSuffix(field, ".runAsUser") && hangs:
				continue // run-as-user-hangs
			}
			problems = append(problems, problem{container: c, field: field, message: p.ignored(field)})
		}
		return problems
	},
}

// ignored describes what a Windows node does with a Linux-only field.
func (p pod) ignored(field string) string {
	const later = ", and the API server rejects it once spec.os.name is windows"
	switch {
	case field == "securityContext.sysctls":
		return "have no effect on Windows: the kubelet rejects the pod unless they are on its list of safe sysctls" + later
	case strings.HasSuffix(field, ".runAsUser") && p.minor < 34:
		return "is for Linux: Windows nodes ignore it, or hang on it before 1.29.13, 1.30.9 and 1.31" + later
	}
	return "is for Linux: Windows nodes ignore it" + later
}
