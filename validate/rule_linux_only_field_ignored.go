// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import "strings"

// linuxOnlyFieldIgnored: without spec.os nobody refuses Linux-only fields.
var linuxOnlyFieldIgnored = rule[podCheck]{
	Rule: Rule{
		ID:    "linux-only-field-ignored",
		Title: "Linux-only fields do nothing on Windows",
		Doc: `privileged, capabilities, seccompProfile, hostPID and the like mean something on Linux only. Where spec.os is not set, the API server accepts them; the kubelet and the runtime of a Windows node ignore them. What they promise is not there: the container has all the rights of its runAsUserName and no other limits. hostPID, hostIPC and shareProcessNamespace change nothing either, because a HostProcess container sees the processes of the host anyway.

They come with templates, with webhooks that harden pods, and from the belief that a HostProcess container must be privileged. As soon as somebody adds spec.os.name: windows, the API server rejects the pod for each of them, whatever its value; see linux-only-field.

Some do harm: with runAsUser the pod hangs on older nodes, see run-as-user-hangs; with supplementalGroupsPolicy: Strict it is refused, see supplemental-groups-policy; and with sysctls it is refused where the kubelet doesn't list them as safe, although Windows has none.

emptyDir.mode and bindMountOptions of a volumeMount, both alpha in Kubernetes 1.37, do nothing on Windows either. The rule doesn't see them: the oldest Kubernetes API that this module can be built with has no such fields.`,
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

// ignored says what becomes of a Linux-only field on a Windows node.
func (p pod) ignored(field string) string {
	const later = ", and the API server rejects the pod as soon as spec.os.name is windows"
	switch {
	case field == "securityContext.sysctls":
		return "mean nothing on Windows; a kubelet refuses the pod if it doesn't list them as safe" + later
	case strings.HasSuffix(field, ".runAsUser") && p.minor < 34:
		return "means something on Linux only: a Windows node ignores it, a kubelet before 1.29.13, 1.30.9 or 1.31 even hangs on it if the pod has a token" + later
	}
	return "means something on Linux only: a Windows node ignores it" + later
}
