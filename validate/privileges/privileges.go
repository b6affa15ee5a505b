// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

// Package privileges tells which account each container of a HostProcess pod runs as, how
// much power that gives it on its node, and how to come down from there.
package privileges

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/hostprocess-go/sdk/accounts"
	"github.com/hostprocess-go/sdk/internal/workload"
)

// Container is what one container of a pod may do to its node, and how to come down from
// there. The zero Container says nothing.
type Container struct {
	// Name is the name of the container.
	Name string
	// RunAsUserName is what holds for it: its own, or that of the pod.
	RunAsUserName string
	// Level is how much power the account gives; accounts.PrivilegeUnknown also for a
	// name that no node can use, of which accounts.Parse says why.
	Level accounts.Privilege
	// Less says what would have to change for the container to run with less, one
	// sentence each. It is empty for the least.
	Less []string
}

// Of reports, container after container, which account each runs as,
// how much power that gives, and what would have to change for it to run with less. What
// a program needs can't be seen from outside; the report names what in the spec
// depends on the account. It takes any HostProcess pod; for nil there is nothing
// to report.
func Of(spec *corev1.PodSpec) []Container {
	if spec == nil {
		return nil
	}
	var report []Container
	for _, c := range workload.Containers(spec) {
		report = append(report, container(spec, c))
	}
	return report
}

func container(spec *corev1.PodSpec, c *corev1.Container) Container {
	p := Container{Name: c.Name}
	if own := workload.OwnUser(c); own != nil {
		p.RunAsUserName = *own
	} else if pods := workload.PodUser(spec); pods != nil {
		p.RunAsUserName = *pods
	}
	if account, err := accounts.Parse(p.RunAsUserName); err == nil {
		p.Level, p.Less = account.Privilege(), less(spec, c, account)
	}
	return p
}

// less says how to come down from an account.
func less(spec *corev1.PodSpec, c *corev1.Container, account accounts.Account) []string {
	var steps []string
	switch level := account.Privilege(); {
	case account == accounts.LocalService || level == accounts.PrivilegeUser:
		return nil
	case level == accounts.PrivilegeUnknown:
		return []string{"The group has what it was granted on the node: grant it no more than this container needs."}
	case account == accounts.NetworkService:
		return []string{"Use accounts.LocalService, unless the program has to log on to other computers as this one."}
	case level == accounts.PrivilegeLocalSystem && c.Lifecycle == nil && isInit(spec, c):
		steps = append(steps, "An init container that sets the node up may need this account; keep it short, and run nothing else in it.")
	}
	steps = append(steps,
		"Use accounts.LocalService if the program neither changes the node (services, network, registry, files of the system) nor reads what only administrators may.",
		"Otherwise make a local group with NewGroup, grant it the paths that the program needs, and run the pod as it with WithGroup (containerd 1.7 or later).")
	return append(steps, pathSteps(spec, c)...)
}

// pathSteps names the paths of the node that another account needs access to.
func pathSteps(spec *corev1.PodSpec, c *corev1.Container) []string {
	var steps []string
	for _, m := range c.VolumeMounts {
		for _, v := range spec.Volumes {
			if v.Name != m.Name || v.HostPath == nil {
				continue
			}
			access := "Modify"
			if m.ReadOnly {
				access = "Read"
			}
			steps = append(steps, "The other account needs "+access+" access to "+v.HostPath.Path+", which is mounted at "+m.MountPath+".")
		}
	}
	return steps
}

func isInit(spec *corev1.PodSpec, c *corev1.Container) bool {
	for i := range spec.InitContainers {
		if &spec.InitContainers[i] == c {
			return true
		}
	}
	return false
}
