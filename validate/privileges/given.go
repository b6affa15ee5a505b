// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package privileges

import (
	"cmp"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/utils/ptr"
)

// HostPath is a path of the node that a container mounts. The zero HostPath says nothing.
type HostPath struct {
	// Path and Type are those of the volume.
	Path string
	Type corev1.HostPathType
	// MountPath is where it is mounted, and SubPath what of it; that may hold variables
	// of the container, if it comes from subPathExpr.
	MountPath, SubPath string
	// ReadOnly is set if the mount is read-only. Nodes without the bind filter don't
	// enforce that (see the rule read-only-not-enforced), and no node enforces it for
	// other ways to the same path.
	ReadOnly bool
}

// CredentialKind is a kind of credential. The zero CredentialKind says nothing.
type CredentialKind string

// The kinds of credentials.
const (
	CredentialToken          CredentialKind = "serviceAccountToken"
	CredentialSecret         CredentialKind = "secret"
	CredentialPodCertificate CredentialKind = "podCertificate"
)

// Credential is what a container is given to prove who it is: a token of the pod's service
// account, a Secret, or a certificate. The zero Credential says nothing.
type Credential struct {
	// Kind is what it is. Name is the name of the Secret, or of the signer of a
	// certificate; empty for a token.
	Kind CredentialKind
	Name string
	// Audience is whom a token is for; empty for the API server.
	Audience string
	// ExpirationSeconds is how long a token or a certificate is asked to be valid. The
	// API server lets an automounted token live for a year instead, unless it is told not
	// to. Source:
	// https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/registry/core/serviceaccount/storage/token.go#L281-L289
	ExpirationSeconds int64
	// Automounted is set for the token that the API server adds to a pod, unless the pod
	// or its service account declines it. Of takes the service account for one that
	// doesn't.
	Automounted bool
	// MountPath is where it is mounted. Env is the variable that holds it, or "*" for
	// each key of a Secret in a variable of its own.
	MountPath, Env string
}

// What the API server adds to a pod. Source:
// https://github.com/kubernetes/kubernetes/blob/v1.37.2/plugin/pkg/admission/serviceaccount/admission.go#L418-L526
const (
	tokenVolume    = "kube-api-access-"
	tokenMountPath = "/var/run/secrets/kubernetes.io/serviceaccount"
	tokenSeconds   = 3607
)

// What the API server makes of an expiry that isn't set. Sources:
// https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/apis/core/v1/defaults.go#L318-L323
// https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/apis/core/types.go#L1994-L2002
const (
	defaultTokenSeconds       = 3600
	defaultCertificateSeconds = 86400
)

// mount adds what a mount gives. The volume is nil if there is none of its name.
func (c *Container) mount(m *corev1.VolumeMount, v *corev1.Volume) {
	switch {
	case v == nil:
	case v.HostPath != nil:
		c.HostPaths = append(c.HostPaths, HostPath{
			Path: v.HostPath.Path, Type: ptr.Deref(v.HostPath.Type, corev1.HostPathUnset),
			MountPath: m.MountPath, SubPath: cmp.Or(m.SubPath, m.SubPathExpr), ReadOnly: m.ReadOnly,
		})
	case v.Secret != nil:
		c.Credentials = append(c.Credentials, Credential{Kind: CredentialSecret, Name: v.Secret.SecretName, MountPath: m.MountPath})
	case v.Projected != nil:
		for i := range v.Projected.Sources {
			c.project(m, v.Name, &v.Projected.Sources[i])
		}
	}
}

// project adds what one source of a projected volume gives.
func (c *Container) project(m *corev1.VolumeMount, volume string, source *corev1.VolumeProjection) {
	given := Credential{MountPath: m.MountPath}
	switch {
	case source.ServiceAccountToken != nil:
		token := source.ServiceAccountToken
		given.Kind, given.Audience, given.ExpirationSeconds = CredentialToken, token.Audience, ptr.Deref(token.ExpirationSeconds, defaultTokenSeconds)
		given.Automounted = strings.HasPrefix(volume, tokenVolume) && m.MountPath == tokenMountPath && token.Audience == ""
	case source.Secret != nil:
		given.Kind, given.Name = CredentialSecret, source.Secret.Name
	case source.PodCertificate != nil:
		certificate := source.PodCertificate
		given.Kind, given.Name = CredentialPodCertificate, certificate.SignerName
		given.ExpirationSeconds = int64(ptr.Deref(certificate.MaxExpirationSeconds, defaultCertificateSeconds))
	default:
		return
	}
	c.Credentials = append(c.Credentials, given)
}

// environment adds the Secrets that are in variables.
func (c *Container) environment(from *corev1.Container) {
	for _, e := range from.EnvFrom {
		if e.SecretRef != nil {
			c.Credentials = append(c.Credentials, Credential{Kind: CredentialSecret, Name: e.SecretRef.Name, Env: e.Prefix + "*"})
		}
	}
	for _, e := range from.Env {
		if e.ValueFrom != nil && e.ValueFrom.SecretKeyRef != nil {
			c.Credentials = append(c.Credentials, Credential{Kind: CredentialSecret, Name: e.ValueFrom.SecretKeyRef.Name, Env: e.Name})
		}
	}
}

// isGivenToken reports whether the API server mounts a token into a container of a pod that
// is created, if its service account doesn't decline it.
func isGivenToken(spec *corev1.PodSpec, c *corev1.Container, role Role) bool {
	if role == RoleEphemeral || !ptr.Deref(spec.AutomountServiceAccountToken, true) {
		return false
	}
	for i := range c.VolumeMounts {
		if c.VolumeMounts[i].MountPath == tokenMountPath {
			return false
		}
	}
	return true
}
