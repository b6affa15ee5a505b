// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import corev1 "k8s.io/api/core/v1"

// runAsUserHangs: older kubelets can't give a token to a Linux user.
var runAsUserHangs = rule[podCheck]{
	Rule: Rule{
		ID:    "run-as-user-hangs",
		Title: "runAsUser keeps the pod from starting on Kubernetes 1.28 and older",
		Doc: `Where all containers of the pod have the same runAsUser, the kubelet gives that user the service-account token. A Windows node has no such users: the volume can't be set up, and the pod stays in ContainerCreating with "MountVolume.SetUp failed for volume "kube-api-access-…": chown c:\var\lib\kubelet\pods\…\token: not supported by windows".

The kubelet ignores the user since 1.29.13, 1.30.9 and 1.31; there linux-only-field-ignored is all there is to say. Kubernetes 1.28 and older have never been repaired. With spec.os.name: windows the API server refuses the field; see linux-only-field.

A pod without a token (automountServiceAccountToken: false, and no projected volume with one) starts.`,
		Outcome: OutcomeFails,
		Since:   "v0.1.0",
		Sources: []string{
			"https://github.com/kubernetes/kubernetes/issues/102849",
			"https://github.com/kubernetes/kubernetes/pull/125040",
			"https://github.com/kubernetes/kubernetes/pull/129508",
			"https://github.com/kubernetes/kubernetes/blob/v1.26.15/pkg/volume/util/atomic_writer.go#L426-L434",
		},
		Fix: "remove runAsUser, and choose the account by windowsOptions.runAsUserName",
	},
	when:  kubelet128,
	about: hasLinuxFields,
	check: func(p pod) []problem {
		if !p.chownsToken() {
			return nil
		}
		var problems []problem
		const message = "has no meaning on Windows, and a kubelet of 1.28 or older can't give the pod's token to that user: the pod stays in ContainerCreating"
		if s := p.spec.SecurityContext; s != nil && s.RunAsUser != nil {
			problems = append(problems, problem{field: "securityContext.runAsUser", kind: forbidden, message: message})
		}
		for c := range p.containers {
			if c.SecurityContext != nil && c.SecurityContext.RunAsUser != nil {
				problems = append(problems, problem{container: c, field: "securityContext.runAsUser", kind: forbidden, message: message})
			}
		}
		return problems
	},
}

// chownsToken reports whether an old kubelet would try to give the pod's token to a
// Linux user, and forever fail.
func (p pod) chownsToken() bool {
	return p.spec.OS == nil && p.oneRunAsUser() && p.hasToken()
}

// oneRunAsUser reports whether all containers but the ephemeral ones have the same
// runAsUser.
//
// Source: https://github.com/kubernetes/kubernetes/blob/v1.26.15/pkg/volume/util/util.go#L617
func (p pod) oneRunAsUser() bool {
	var one *int64
	for c := range p.containers {
		if c.kind == ephemeralContainer {
			continue
		}
		var user *int64
		if c.SecurityContext != nil {
			user = c.SecurityContext.RunAsUser
		}
		if user == nil && p.spec.SecurityContext != nil {
			user = p.spec.SecurityContext.RunAsUser
		}
		if user == nil || one != nil && *one != *user {
			return false
		}
		one = user
	}
	return one != nil
}

// hasToken reports whether the pod gets a service-account token, as all do that
// don't refuse it. A ServiceAccount can refuse it too, which can't be seen here.
func (p pod) hasToken() bool {
	if auto := p.spec.AutomountServiceAccountToken; auto == nil || *auto {
		return true
	}
	for i := range p.spec.Volumes {
		if projectsToken(p.spec.Volumes[i].Projected) {
			return true
		}
	}
	return false
}

// projectsToken reports whether a projected volume holds a service-account token.
func projectsToken(volume *corev1.ProjectedVolumeSource) bool {
	if volume == nil {
		return false
	}
	for i := range volume.Sources {
		if volume.Sources[i].ServiceAccountToken != nil {
			return true
		}
	}
	return false
}
