// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import corev1 "k8s.io/api/core/v1"

// linuxOnlyFields ranges over the Linux-only fields that the pod and its containers
// set, each with its container, if it has one: exactly those that an API server of the
// pod's minor rejects if spec.os.name is windows. It omits fields that such a server
// drops, because their feature gate is off.
//
// Source: https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/apis/core/validation/validation.go#L5020-L5108
func (p pod) linuxOnlyFields(yield func(c container, field string) bool) {
	if p.linuxOnlyPod(func(field string) bool { return yield(container{}, field) }) {
		p.linuxOnlyContainerContexts(yield)
	}
}

// linuxOnlyPod yields those above the containers, and reports whether it reached the
// end.
func (p pod) linuxOnlyPod(yield func(field string) bool) bool {
	s := p.spec
	return p.linuxOnlyPodContext(yield) &&
		(s.HostUsers == nil || p.minor < 33 || yield("hostUsers")) &&
		(!s.HostPID || yield("hostPID")) &&
		(!s.HostIPC || yield("hostIPC")) &&
		(s.ShareProcessNamespace == nil || yield("shareProcessNamespace"))
}

func (p pod) linuxOnlyPodContext(yield func(field string) bool) bool {
	s := p.spec.SecurityContext
	if s == nil {
		return true
	}
	const at = "securityContext."
	return (s.AppArmorProfile == nil || p.minor < 30 || yield(at+"appArmorProfile")) &&
		(s.SELinuxOptions == nil || yield(at+"seLinuxOptions")) &&
		(s.SeccompProfile == nil || yield(at+"seccompProfile")) &&
		(s.FSGroup == nil || yield(at+"fsGroup")) &&
		(s.FSGroupChangePolicy == nil || yield(at+"fsGroupChangePolicy")) &&
		(len(s.Sysctls) == 0 || yield(at+"sysctls")) &&
		(s.RunAsUser == nil || yield(at+"runAsUser")) &&
		(s.RunAsGroup == nil || yield(at+"runAsGroup")) &&
		(s.SupplementalGroups == nil || yield(at+"supplementalGroups")) &&
		(s.SupplementalGroupsPolicy == nil || p.minor < 33 || yield(at+"supplementalGroupsPolicy")) &&
		(s.SELinuxChangePolicy == nil || p.minor < 33 || yield(at+"seLinuxChangePolicy"))
}

func (p pod) linuxOnlyContainerContexts(yield func(c container, field string) bool) {
	for c := range p.containers {
		if c.SecurityContext != nil && !p.linuxOnlyContext(c.SecurityContext, func(field string) bool {
			return yield(c, "securityContext."+field)
		}) {
			return
		}
	}
}

func (p pod) linuxOnlyContext(s *corev1.SecurityContext, yield func(field string) bool) bool {
	return (s.AppArmorProfile == nil || p.minor < 30 || yield("appArmorProfile")) &&
		(s.SELinuxOptions == nil || yield("seLinuxOptions")) &&
		(s.SeccompProfile == nil || yield("seccompProfile")) &&
		(s.Capabilities == nil || yield("capabilities")) &&
		(s.ReadOnlyRootFilesystem == nil || yield("readOnlyRootFilesystem")) &&
		(s.Privileged == nil || yield("privileged")) &&
		(s.AllowPrivilegeEscalation == nil || yield("allowPrivilegeEscalation")) &&
		(s.ProcMount == nil || yield("procMount")) &&
		(s.RunAsUser == nil || yield("runAsUser")) &&
		(s.RunAsGroup == nil || yield("runAsGroup"))
}
