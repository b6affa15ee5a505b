// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import corev1 "k8s.io/api/core/v1"

// runAsUserHangs: older kubelets try to give the token to a Linux user.
var runAsUserHangs = rule[podCheck]{
	Rule: Rule{
		ID:    "run-as-user-hangs",
		Title: "runAsUser keeps the pod from starting on Kubernetes 1.28 and older",
		Doc: `If all containers of the pod have the same runAsUser, the kubelet makes that user the owner of the service account token. Windows nodes have no such users, so the volume can't be set up, and the pod stays in ContainerCreating: "MountVolume.SetUp failed for volume "kube-api-access-…": chown c:\var\lib\kubelet\pods\…\token: not supported by windows".

Since 1.29.13, 1.30.9 and 1.31, the kubelet ignores the user, and only linux-only-field-ignored applies. Kubernetes 1.28 and older were never fixed. With spec.os.name: windows, the API server rejects the field; see linux-only-field.

A pod without a token (automountServiceAccountToken: false, and no projected volume with a token) starts.`,
		Outcome: OutcomeFails,
		Since:   "v0.1.0",
		Sources: []string{
			"https://github.com/kubernetes/kubernetes/issues/102849",
			"https://github.com/kubernetes/kubernetes/pull/125040",
			"https://github.com/kubernetes/kubernetes/pull/129508",
			"https://github.com/kubernetes/kubernetes/blob/v1.26.15/pkg/volume/util/atomic_writer.go#L426-L434",
		},
		Fix: "remove runAsUser, and choose the account with windowsOptions.runAsUserName",
	},
	when:  kubelet128,
	about: hasLinuxFields,
	check: func(p pod) []problem {
		if !p.chownsToken() {
			return nil
		}
		var problems []problem
		const message = "is for Linux, and kubelets 1.28 and older fail to give the pod's token to that user: the pod stays in ContainerCreating"
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
// Linux user, and fail forever.
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

// hasToken reports whether the pod gets a service account token, as all pods do that
// don't turn it off. A ServiceAccount can turn it off too, which the rule can't see.
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

// projectsToken reports whether a projected volume has a service account token.
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
