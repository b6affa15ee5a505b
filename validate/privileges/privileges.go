// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

// Package privileges shows what HostProcess containers can do to their nodes: the account
// that each runs as and the field that sets it, its image, the paths of the node that it
// mounts, the credentials that it is given, and how to run it with fewer rights.
//
// Of looks at one pod. An Inventory collects the workloads of a cluster, with their owners,
// namespaces and broken rules, as evidence for an audit.
//
// A HostProcess container is a process on the node. Its mounts don't limit it: it can reach
// everything that its account can. As LocalSystem or an administrator it can read the Secrets
// and tokens of every other pod on the node. Source:
// https://github.com/kubernetes/website/blob/23009a516ff325a0d551d0f69de43ceeeac60d65/content/en/docs/concepts/storage/projected-volumes.md
package privileges

import (
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/hostprocess-go/sdk/accounts"
	"github.com/hostprocess-go/sdk/internal/workload"
)

// Role is how a pod runs a container. The zero Role is none of the constants.
type Role string

// The roles of containers.
const (
	RoleInit      Role = "init"
	RoleSidecar   Role = "sidecar" // an init container with restartPolicy: Always
	RoleRegular   Role = "regular"
	RoleEphemeral Role = "ephemeral"
)

// Container is what one container can do to its node. The zero Container describes none.
type Container struct {
	// Name is the name of the container, and Role how the pod runs it.
	Name string
	Role Role
	// RunAsUserName is the container's own, or else the pod's. It is empty if neither is
	// set: the node then takes the user of the image, and fails to log on the users of
	// the Windows base images (see the rule run-as-user-name-missing).
	RunAsUserName string
	// AccountField is the path of the field that sets RunAsUserName, such as
	// "containers[0].securityContext.windowsOptions.runAsUserName". Of starts it at the
	// pod's spec, an Inventory at the object. It is empty if no field does.
	AccountField string
	// Account is the account that RunAsUserName names: a service account or a local
	// group. It is nil if a node can't log on anyone by that name; accounts.Parse
	// returns the reason.
	Account accounts.Account
	// Level is how much power the account gives. It is accounts.PrivilegeUnknown if
	// Account is nil, and for a local group that isn't built into Windows. The annotation
	// microsoft.com/hostprocess-inherit-user can replace the account (see the rule
	// inherit-user-annotation).
	Level accounts.Privilege
	// Image is the image as the spec names it. Digest is the digest that pins it, such
	// as "sha256:0123…". It is empty if there is no valid one: a tag can be moved to
	// another image.
	Image, Digest string
	// HostPaths are the hostPath volumes that the container mounts, and Credentials the
	// tokens, Secrets and certificates that it is given, in the order of the spec.
	HostPaths   []HostPath
	Credentials []Credential
	// Less lists what to change so that the container runs with fewer rights, a
	// sentence each. The first is the smallest step. It is empty if the account is
	// nil or among the least powerful ones.
	Less []string
}

// Of returns what each container of a HostProcess pod can do to its node: init containers
// first, then regular, then ephemeral ones. It returns nil if spec is nil.
//
// Of reads the spec as its author wrote it: it adds the token that the API server mounts
// into a new pod, unless the spec declines it.
func Of(spec *corev1.PodSpec) []Container {
	return containers(spec, true)
}

// containers is Of. isNew is false for a pod to which the API server has already added the
// token.
func containers(spec *corev1.PodSpec, isNew bool) []Container {
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
		if isNew && isGivenToken(spec, c, p.Role) {
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

// digestLengths are the numbers of hexadecimal digits of a digest, by algorithm. Source:
// https://github.com/opencontainers/go-digest/blob/v1.0.0/algorithm.go#L29-L72
var digestLengths = map[string]int{"sha256": 64, "sha384": 96, "sha512": 128}

// digestOf returns the digest that pins an image, or "". It follows the only @ of the
// reference; a tag before it has no effect. Source:
// https://github.com/distribution/reference/blob/v0.6.0/reference.go#L3-L24
func digestOf(image string) string {
	name, digest, _ := strings.Cut(image, "@")
	algorithm, digits, _ := strings.Cut(digest, ":")
	if name == "" || digits == "" || len(digits) != digestLengths[algorithm] || strings.Trim(digits, "0123456789abcdef") != "" {
		return ""
	}
	return digest
}

// less lists the steps to fewer rights. Account isn't nil.
func (c *Container) less(hasHook bool) []string {
	const least = string(accounts.LocalService)
	switch {
	case c.Account == accounts.LocalService || c.Level == accounts.PrivilegeUser:
		return nil
	case c.Level == accounts.PrivilegeUnknown:
		return []string{"Grant the local group only the access that this container needs."}
	case c.Account == accounts.NetworkService:
		return []string{"Run as " + least + ", unless the program has to log on to other computers as this node."}
	}
	steps := []string{
		"Run as " + least + " if the program doesn't change the node (services, network, registry, system files) and doesn't read what only administrators can read.",
		"Otherwise create a local group, grant it the paths that the program needs, and run the container as the group (containerd 1.7 or later; in Go, hostprocess.NewGroup and Pod.WithGroup).",
	}
	for _, h := range c.HostPaths {
		access := "Modify"
		if h.ReadOnly {
			access = "Read"
		}
		steps = append(steps, "The new account needs "+access+" access to "+h.Path+", which is mounted at "+h.MountPath+".")
	}
	if c.Level == accounts.PrivilegeLocalSystem && c.Role == RoleInit && !hasHook {
		steps = append(steps, "An init container that sets up the node may need this account: keep it short, and do nothing else in it.")
	}
	return steps
}
