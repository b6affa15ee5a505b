// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

// Package privileges is the evidence of what HostProcess containers may do to their nodes:
// which account each runs as and where that is set, its image, the paths of the node and
// the credentials that it is given, and how to come down from there.
//
// Of looks at one pod. An Inventory collects the workloads of a cluster, with their owners,
// namespaces and broken rules.
//
// A HostProcess container is a process of the node: it reaches whatever its account may
// reach, mounted or not. As LocalSystem or an administrator that includes the credentials
// of every other pod on the node. The mounts are what the pod asks for, not a limit.
package privileges

import (
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/hostprocess-go/sdk/accounts"
	"github.com/hostprocess-go/sdk/internal/workload"
)

// Role is the part that a container plays in its pod. The zero Role says nothing.
type Role string

// The roles of containers.
const (
	RoleInit      Role = "init"
	RoleSidecar   Role = "sidecar" // an init container that is restarted always
	RoleRegular   Role = "regular"
	RoleEphemeral Role = "ephemeral"
)

// Container is what one container of a pod may do to its node, and how to come down from
// there. The zero Container says nothing.
type Container struct {
	// Name is the name of the container, and Role its part in the pod.
	Name string
	Role Role
	// RunAsUserName is what holds for it: its own, or that of the pod. It is empty where
	// neither is set: then the node takes the user of the image, and can't log on those
	// of Windows' own images (see the rule run-as-user-name-missing).
	RunAsUserName string
	// AccountField is the field that sets RunAsUserName, from the spec on:
	// "containers[0].securityContext.windowsOptions.runAsUserName". It is empty where
	// nothing sets it.
	AccountField string
	// Account is what RunAsUserName names; nil for a name that no node can use, of which
	// accounts.Parse says why. A container that runs as a local group has an
	// accounts.LocalGroup.
	Account accounts.Account
	// Level is how much power the account gives; accounts.PrivilegeUnknown also for a
	// name that no node can use. The annotation of the rule inherit-user-annotation may
	// give more.
	Level accounts.Privilege
	// Image is the image as the spec names it. Digest is the digest that it is pinned by,
	// as in "sha256:…"; empty for an image that is named by a tag alone, which may be
	// another one tomorrow, and for a digest that isn't valid.
	Image, Digest string
	// HostPaths are the hostPath volumes that it mounts, and Credentials what it is given
	// to prove who it is, each in the order of the spec.
	HostPaths   []HostPath
	Credentials []Credential
	// Less says what would have to change for the container to run with less, one
	// sentence each; the first is the smallest step. It is empty for the least.
	Less []string
}

// Of reports, container after container, which account each runs as,
// how much power that gives, and what would have to change for it to run with less. What
// a program needs can't be seen from outside; the report names what in the spec
// depends on the account. It takes any HostProcess pod, as it is written: the token that
// the API server adds to a pod is among its credentials. For nil there is nothing
// to report.
func Of(spec *corev1.PodSpec) []Container {
	return containers(spec, true)
}

// containers is Of; admits is false for a pod to which the API server has added what it adds.
func containers(spec *corev1.PodSpec, admits bool) []Container {
	if spec == nil {
		return nil
	}
	volumes := make(map[string]*corev1.Volume, len(spec.Volumes))
	for i := range spec.Volumes {
		if v := &spec.Volumes[i]; volumes[v.Name] == nil {
			volumes[v.Name] = v
		}
	}
	var report []Container
	for field, c := range workload.Containers(spec) {
		p := Container{Name: c.Name, Role: roleOf(field, c), Image: c.Image, Digest: digestOf(c.Image)}
		const account = "securityContext.windowsOptions.runAsUserName"
		if own := workload.OwnUser(c); own != nil {
			p.RunAsUserName, p.AccountField = *own, field+"."+account
		} else if pods := workload.PodUser(spec); pods != nil {
			p.RunAsUserName, p.AccountField = *pods, account
		}
		for i := range c.VolumeMounts {
			m := &c.VolumeMounts[i]
			p.mount(m, volumes[m.Name])
		}
		if admits && isGivenToken(spec, c, p.Role) {
			p.Credentials = append(p.Credentials, Credential{Kind: CredentialToken, MountPath: tokenMountPath, ExpirationSeconds: tokenSeconds, Automounted: true})
		}
		p.environment(c)
		if parsed, err := accounts.Parse(p.RunAsUserName); err == nil {
			p.Account, p.Level = parsed, parsed.Privilege()
			p.Less = p.less(c.Lifecycle != nil)
		}
		report = append(report, p)
	}
	return report
}

// roleOf returns the role of the container at a field of a spec.
func roleOf(field string, c *corev1.Container) Role {
	list, _, _ := strings.Cut(field, "[")
	switch {
	case list == "ephemeralContainers":
		return RoleEphemeral
	case list == "containers":
		return RoleRegular
	case c.RestartPolicy != nil && *c.RestartPolicy == corev1.ContainerRestartPolicyAlways:
		return RoleSidecar
	}
	return RoleInit
}

// digestLengths are how many hexadecimal digits the digest of each algorithm has that
// container runtimes know. Source:
// https://github.com/opencontainers/go-digest/blob/v1.0.0/algorithm.go#L29-L72
var digestLengths = map[string]int{"sha256": 64, "sha384": 96, "sha512": 128}

// digestOf returns the digest that an image is pinned by, or "". It stands behind the only @
// of the reference, after the tag if there is one, which then counts for nothing. Source:
// https://github.com/distribution/reference/blob/v0.6.0/reference.go#L3-L24
func digestOf(image string) string {
	name, digest, _ := strings.Cut(image, "@")
	algorithm, digits, _ := strings.Cut(digest, ":")
	if name == "" || digits == "" || len(digits) != digestLengths[algorithm] || strings.Trim(digits, "0123456789abcdef") != "" {
		return ""
	}
	return digest
}

// less says how to come down from the account.
func (c *Container) less(hasHook bool) []string {
	switch {
	case c.Account == accounts.LocalService || c.Level == accounts.PrivilegeUser:
		return nil
	case c.Level == accounts.PrivilegeUnknown:
		return []string{"The group has what it was granted on the node: grant it no more than this container needs."}
	case c.Account == accounts.NetworkService:
		return []string{"Use accounts.LocalService, unless the program has to log on to other computers as this one."}
	}
	steps := []string{
		"Use accounts.LocalService if the program neither changes the node (services, network, registry, files of the system) nor reads what only administrators may.",
		"Otherwise make a local group with NewGroup, grant it the paths that the program needs, and run the pod as it with WithGroup (containerd 1.7 or later).",
	}
	for _, h := range c.HostPaths {
		access := "Modify"
		if h.ReadOnly {
			access = "Read"
		}
		steps = append(steps, "The other account needs "+access+" access to "+h.Path+", which is mounted at "+h.MountPath+".")
	}
	if c.Level == accounts.PrivilegeLocalSystem && c.Role == RoleInit && !hasHook {
		steps = append(steps, "An init container that sets the node up may need this account; keep it short, and run nothing else in it.")
	}
	return steps
}
