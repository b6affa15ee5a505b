// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package privileges

import (
	"cmp"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/utils/ptr"
)

// HostPath is a hostPath volume that a container mounts. The zero HostPath is none.
type HostPath struct {
	// Path and Type are those of the volume.
	Path string              `json:"path"`
	Type corev1.HostPathType `json:"type,omitempty"`
	// MountPath and SubPath are those of the mount. A SubPath from subPathExpr may hold
	// $(VARIABLES) of the container.
	MountPath string `json:"mountPath"`
	SubPath   string `json:"subPath,omitempty"`
	// ReadOnly is the mount's readOnly. Nodes without the bind filter don't enforce it
	// (see the rule read-only-not-enforced), and on any node the container can still
	// reach the host's path itself.
	ReadOnly bool `json:"readOnly"`
}

// CredentialKind is a kind of credential. The zero CredentialKind is none of the constants.
type CredentialKind string

// The kinds of credentials.
const (
	CredentialToken          CredentialKind = "serviceAccountToken"
	CredentialSecret         CredentialKind = "secret"
	CredentialPodCertificate CredentialKind = "podCertificate"
)

// Credential is a token of the pod's service account, a Secret, or a certificate that a
// container is given. The zero Credential is none.
type Credential struct {
	// Kind is the kind of credential. Name is the name of the Secret, or of the signer
	// of a certificate. It is empty for a token.
	Kind CredentialKind `json:"kind"`
	Name string         `json:"name,omitempty"`
	// Audience is the audience of a token. It is empty for the API server.
	Audience string `json:"audience,omitempty"`
	// ExpirationSeconds is the requested lifetime of a token or a certificate. The API
	// server extends a token of 3607 seconds, such as the automounted one, to a year,
	// unless --service-account-extend-token-expiration is off. Source:
	// https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/registry/core/serviceaccount/storage/token.go#L281-L289
	ExpirationSeconds int64 `json:"expirationSeconds,omitempty"`
	// Automounted marks the token that the API server adds to a new pod, unless the pod
	// or its service account declines it. Service accounts aren't read: they are assumed
	// not to decline it.
	Automounted bool `json:"automounted,omitempty"`
	// MountPath is where the credential is mounted. Env is the environment variable that
	// holds it. A Secret from envFrom has the prefix of its variables and a star.
	MountPath string `json:"mountPath,omitempty"`
	Env       string `json:"env,omitempty"`
}

// What the API server adds to a pod. Source:
// https://github.com/kubernetes/kubernetes/blob/v1.37.2/plugin/pkg/admission/serviceaccount/admission.go#L418-L526
const (
	tokenVolume    = "kube-api-access-"
	tokenMountPath = "/var/run/secrets/kubernetes.io/serviceaccount"
	tokenSeconds   = 3607
)

// The API server's defaults for a lifetime that isn't set. Sources:
// https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/apis/core/v1/defaults.go#L318-L323
// https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/apis/core/types.go#L1994-L2002
const (
	defaultTokenSeconds       = 3600
	defaultCertificateSeconds = 86400
)

// mount adds what a mount gives access to. v is nil if the pod has no such volume.
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

// project adds the credential of one source of a projected volume, if it is one.
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

// environment adds the Secrets in environment variables.
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

// isGivenToken reports whether the API server mounts a token into a container of a new pod
// whose service account doesn't decline it.
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
