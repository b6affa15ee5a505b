// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package privileges_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/utils/ptr"

	"github.com/hostprocess-go/sdk/accounts"
	"github.com/hostprocess-go/sdk/validate/privileges"
)

// automounted is the token that the API server mounts into a new pod.
var automounted = privileges.Credential{
	Kind: privileges.CredentialToken, MountPath: "/var/run/secrets/kubernetes.io/serviceaccount", ExpirationSeconds: 3607, Automounted: true,
}

func TestDigest(t *testing.T) {
	const digits = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
	for image, want := range map[string]string{
		"a@sha256:" + digits: "sha256:" + digits,
		"registry.example.com:5000/a/b:1.2@sha256:" + digits: "sha256:" + digits,
		"a@sha384:" + digits + digits[:32]:                   "sha384:" + digits + digits[:32],
		"a@sha512:" + digits + digits:                        "sha512:" + digits + digits,
		"":                                                   "",
		"a":                                                  "",
		"a:sha256":                                           "",
		"a:latest":                                           "",
		"sha256:" + digits:                                   "", // an image sha256 with a tag
		"@sha256:" + digits:                                  "",
		"a@sha256":                                           "",
		"a@sha256:":                                          "",
		"a@" + digits:                                        "",
		"a@sha256:" + digits[1:]:                             "",
		"a@sha256:" + digits + "0":                           "",
		"a@sha256:" + strings.ToUpper(digits):                "",
		"a@SHA256:" + digits:                                 "",
		"a@sha256:" + digits + " ":                           "",
		"a@sha256:" + strings.Repeat("g", 64):                "",
		"a@md5:" + digits[:32]:                               "",
		"a@sha512:" + digits:                                 "",
		"a@b@sha256:" + digits:                               "",
		"a@sha256:" + digits + "@sha256:" + digits:           "",
		"a@sha256:" + digits[:63] + "é":                      "",
	} {
		spec := &corev1.PodSpec{Containers: []corev1.Container{{Image: image}}}
		if got := privileges.Of(spec)[0]; got.Digest != want || got.Image != image {
			t.Errorf("%q: %q of %q, want %q", image, got.Digest, got.Image, want)
		}
	}
}

func TestAccountField(t *testing.T) {
	as := func(user *string) *corev1.SecurityContext {
		return &corev1.SecurityContext{WindowsOptions: &corev1.WindowsSecurityContextOptions{RunAsUserName: user}}
	}
	spec := &corev1.PodSpec{
		SecurityContext: &corev1.PodSecurityContext{WindowsOptions: &corev1.WindowsSecurityContextOptions{RunAsUserName: ptr.To("agents")}},
		InitContainers: []corev1.Container{
			{Name: "init", SecurityContext: as(nil)},
			{Name: "sidecar", RestartPolicy: ptr.To(corev1.ContainerRestartPolicyAlways), SecurityContext: as(ptr.To("Users"))},
			{Name: "init again", RestartPolicy: ptr.To(corev1.ContainerRestartPolicyOnFailure)},
		},
		Containers: []corev1.Container{
			{Name: "a", SecurityContext: &corev1.SecurityContext{}},
			{Name: "b", SecurityContext: as(ptr.To("")), RestartPolicy: ptr.To(corev1.ContainerRestartPolicyAlways)},
		},
		EphemeralContainers: []corev1.EphemeralContainer{{EphemeralContainerCommon: corev1.EphemeralContainerCommon{Name: "debug", SecurityContext: as(ptr.To(`NT AUTHORITY\SYSTEM`))}}},
	}
	type row struct {
		Name    string
		Role    privileges.Role
		Field   string
		Account accounts.Account
	}
	list := func(spec *corev1.PodSpec) (rows []row) {
		for _, c := range privileges.Of(spec) {
			rows = append(rows, row{c.Name, c.Role, c.AccountField, c.Account})
		}
		return rows
	}
	const field = "securityContext.windowsOptions.runAsUserName"
	agents := accounts.LocalGroup("agents")
	want := []row{
		{"init", privileges.RoleInit, field, agents},
		{"sidecar", privileges.RoleSidecar, "initContainers[1]." + field, accounts.Users},
		{"init again", privileges.RoleInit, field, agents},
		{"a", privileges.RoleRegular, field, agents},
		{"b", privileges.RoleRegular, "containers[1]." + field, nil},
		{"debug", privileges.RoleEphemeral, "ephemeralContainers[0]." + field, accounts.LocalSystem},
	}
	if diff := cmp.Diff(want, list(spec)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	spec.SecurityContext.WindowsOptions = nil
	if got := list(spec)[0]; got != (row{"init", privileges.RoleInit, "", nil}) {
		t.Errorf("without an account: %+v", got)
	}
}

func TestHostPaths(t *testing.T) {
	spec := &corev1.PodSpec{
		Containers: []corev1.Container{{VolumeMounts: []corev1.VolumeMount{
			{Name: "logs", MountPath: "/logs", ReadOnly: true},
			{Name: "data", MountPath: "/data"},
			{Name: "data", MountPath: "/sub", SubPath: "sub"},
			{Name: "data", MountPath: "/expr", SubPathExpr: "$(NODE)", ReadOnly: true},
			{Name: "empty", MountPath: "/empty"},
			{Name: "missing", MountPath: "/missing"},
		}}},
		Volumes: []corev1.Volume{
			{Name: "data", VolumeSource: corev1.VolumeSource{HostPath: &corev1.HostPathVolumeSource{Path: `C:\data`, Type: ptr.To(corev1.HostPathDirectoryOrCreate)}}},
			{Name: "logs", VolumeSource: corev1.VolumeSource{HostPath: &corev1.HostPathVolumeSource{Path: `C:\logs`}}},
			{Name: "unused", VolumeSource: corev1.VolumeSource{HostPath: &corev1.HostPathVolumeSource{Path: `C:\unused`}}},
			{Name: "empty", VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}}},
			{Name: "data", VolumeSource: corev1.VolumeSource{HostPath: &corev1.HostPathVolumeSource{Path: `C:\second`}}}, // which the API server rejects
		},
	}
	want := []privileges.HostPath{
		{Path: `C:\logs`, MountPath: "/logs", ReadOnly: true},
		{Path: `C:\data`, Type: corev1.HostPathDirectoryOrCreate, MountPath: "/data"},
		{Path: `C:\data`, Type: corev1.HostPathDirectoryOrCreate, MountPath: "/sub", SubPath: "sub"},
		{Path: `C:\data`, Type: corev1.HostPathDirectoryOrCreate, MountPath: "/expr", SubPath: "$(NODE)", ReadOnly: true},
	}
	if diff := cmp.Diff(want, privileges.Of(spec)[0].HostPaths); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestCredentials(t *testing.T) {
	secret := corev1.LocalObjectReference{Name: "keys"}
	spec := &corev1.PodSpec{
		AutomountServiceAccountToken: ptr.To(false),
		Containers: []corev1.Container{{
			EnvFrom: []corev1.EnvFromSource{
				{SecretRef: &corev1.SecretEnvSource{LocalObjectReference: secret}},
				{Prefix: "DB_", SecretRef: &corev1.SecretEnvSource{LocalObjectReference: secret}},
				{ConfigMapRef: &corev1.ConfigMapEnvSource{LocalObjectReference: secret}},
			},
			Env: []corev1.EnvVar{
				{Name: "PLAIN", Value: "keys"},
				{Name: "PASSWORD", ValueFrom: &corev1.EnvVarSource{SecretKeyRef: &corev1.SecretKeySelector{LocalObjectReference: secret, Key: "a"}}},
				{Name: "NODE", ValueFrom: &corev1.EnvVarSource{FieldRef: &corev1.ObjectFieldSelector{FieldPath: "spec.nodeName"}}},
				{Name: "SETTING", ValueFrom: &corev1.EnvVarSource{ConfigMapKeyRef: &corev1.ConfigMapKeySelector{LocalObjectReference: secret, Key: "a"}}},
			},
			VolumeMounts: []corev1.VolumeMount{
				{Name: "secret", MountPath: "/secret", SubPath: "a"},
				{Name: "projected", MountPath: "/projected"},
				{Name: "config", MountPath: "/config"},
			},
		}},
		Volumes: []corev1.Volume{
			{Name: "secret", VolumeSource: corev1.VolumeSource{Secret: &corev1.SecretVolumeSource{SecretName: "tls"}}},
			{Name: "config", VolumeSource: corev1.VolumeSource{ConfigMap: &corev1.ConfigMapVolumeSource{LocalObjectReference: secret}}},
			{Name: "unused", VolumeSource: corev1.VolumeSource{Secret: &corev1.SecretVolumeSource{SecretName: "unused"}}},
			{Name: "projected", VolumeSource: corev1.VolumeSource{Projected: &corev1.ProjectedVolumeSource{Sources: []corev1.VolumeProjection{
				{ServiceAccountToken: &corev1.ServiceAccountTokenProjection{Path: "token"}},
				{ServiceAccountToken: &corev1.ServiceAccountTokenProjection{Path: "vault", Audience: "vault", ExpirationSeconds: ptr.To[int64](600)}},
				{ConfigMap: &corev1.ConfigMapProjection{LocalObjectReference: secret}},
				{},
				{Secret: &corev1.SecretProjection{LocalObjectReference: secret}},
				{PodCertificate: &corev1.PodCertificateProjection{SignerName: "example.com/signer"}},
				{PodCertificate: &corev1.PodCertificateProjection{SignerName: "example.com/signer", MaxExpirationSeconds: ptr.To[int32](3600)}},
			}}}},
		},
	}
	want := []privileges.Credential{
		{Kind: privileges.CredentialSecret, Name: "tls", MountPath: "/secret"},
		{Kind: privileges.CredentialToken, MountPath: "/projected", ExpirationSeconds: 3600},
		{Kind: privileges.CredentialToken, MountPath: "/projected", ExpirationSeconds: 600, Audience: "vault"},
		{Kind: privileges.CredentialSecret, Name: "keys", MountPath: "/projected"},
		{Kind: privileges.CredentialPodCertificate, Name: "example.com/signer", MountPath: "/projected", ExpirationSeconds: 86400},
		{Kind: privileges.CredentialPodCertificate, Name: "example.com/signer", MountPath: "/projected", ExpirationSeconds: 3600},
		{Kind: privileges.CredentialSecret, Name: "keys", Env: "*"},
		{Kind: privileges.CredentialSecret, Name: "keys", Env: "DB_*"},
		{Kind: privileges.CredentialSecret, Name: "keys", Env: "PASSWORD"},
	}
	if diff := cmp.Diff(want, privileges.Of(spec)[0].Credentials); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// TestAutomountedToken: the token that the API server mounts is found before it does, and
// after.
func TestAutomountedToken(t *testing.T) {
	mounted := func(volume string, audience string) *corev1.PodSpec {
		return &corev1.PodSpec{
			Containers: []corev1.Container{{VolumeMounts: []corev1.VolumeMount{{Name: volume, MountPath: automounted.MountPath, ReadOnly: true}}}},
			Volumes: []corev1.Volume{{Name: volume, VolumeSource: corev1.VolumeSource{Projected: &corev1.ProjectedVolumeSource{Sources: []corev1.VolumeProjection{
				{ServiceAccountToken: &corev1.ServiceAccountTokenProjection{Path: "token", Audience: audience, ExpirationSeconds: ptr.To[int64](3607)}},
			}}}}},
		}
	}
	own, vault := automounted, automounted
	own.Automounted, vault.Automounted, vault.Audience = false, false, "vault"
	for name, c := range map[string]struct {
		spec *corev1.PodSpec
		want []privileges.Credential
	}{
		"before":         {&corev1.PodSpec{Containers: []corev1.Container{{}}}, []privileges.Credential{automounted}},
		"init container": {&corev1.PodSpec{InitContainers: []corev1.Container{{}}}, []privileges.Credential{automounted}},
		"ephemeral":      {&corev1.PodSpec{EphemeralContainers: []corev1.EphemeralContainer{{}}}, nil},
		"asked for":      {&corev1.PodSpec{AutomountServiceAccountToken: ptr.To(true), Containers: []corev1.Container{{}}}, []privileges.Credential{automounted}},
		"declined":       {&corev1.PodSpec{AutomountServiceAccountToken: ptr.To(false), Containers: []corev1.Container{{}}}, nil},
		"after":          {mounted("kube-api-access-abcde", ""), []privileges.Credential{automounted}},
		"own":            {mounted("token", ""), []privileges.Credential{own}},
		"other audience": {mounted("kube-api-access-abcde", "vault"), []privileges.Credential{vault}},
		"in its place":   {&corev1.PodSpec{Containers: []corev1.Container{{VolumeMounts: []corev1.VolumeMount{{Name: "none", MountPath: automounted.MountPath}}}}}, nil},
		"beside it":      {&corev1.PodSpec{Containers: []corev1.Container{{VolumeMounts: []corev1.VolumeMount{{Name: "none", MountPath: automounted.MountPath + "/"}}}}}, []privileges.Credential{automounted}},
	} {
		if diff := cmp.Diff(c.want, privileges.Of(c.spec)[0].Credentials); diff != "" {
			t.Errorf("%s (-want +got)\n%s", name, diff)
		}
	}
}
