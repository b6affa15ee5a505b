// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package hostprocess

import (
	"errors"

	corev1 "k8s.io/api/core/v1"

	"github.com/hostprocess-go/sdk/accounts"
	"github.com/hostprocess-go/sdk/internal/workload"
)

// From starts with an existing pod. It keeps everything in the spec, sets what every
// HostProcess pod needs, and the methods change and add to the rest. If the pod isn't a
// valid HostProcess pod yet, pass it through package convert first. A nil spec is a
// mistake, and so is a spec in which a container has no account, unless [Pod.WithRunAs]
// sets one.
func From(spec *corev1.PodSpec) Pod {
	p := Pod{from: true, accountMethod: "From"}
	if spec == nil {
		p.mistakes.add("From", "spec", nil, errors.New("is nil: pass the spec of a pod"))
		return p
	}
	spec.DeepCopyInto(&p.spec)
	if user := workload.PodUser(&p.spec); user != nil {
		p.account = accountOf(*user)
	}
	p.init, p.containers = existing(p.spec.InitContainers), existing(p.spec.Containers)
	p.spec.InitContainers, p.spec.Containers = nil, nil
	return p
}

// eachRunsAs reports whether the pod was started with a spec in which each container
// has its own account.
func (p Pod) eachRunsAs() bool {
	for c := range p.all() {
		if c.account == nil {
			return false
		}
	}
	return p.accountMethod == "From" && len(p.containers) > 0
}

// accountOf returns the account with a name; if a node can't use it, its Validate
// returns the reason.
func accountOf(name string) accounts.Account {
	if account, err := accounts.Parse(name); err == nil {
		return account
	}
	return accounts.LocalGroup(name)
}

func existing(list []corev1.Container) []Container {
	containers := make([]Container, len(list))
	for i := range list {
		c := &list[i]
		containers[i] = Container{spec: *c, from: c}
		if user := workload.OwnUser(c); user != nil {
			containers[i].account = accountOf(*user)
		}
	}
	return containers
}

// EditContainer changes the container with that name, which may be an init container,
// with a function that returns a changed copy. A name without a container, and a nil
// function, are mistakes.
func (p Pod) EditContainer(name string, change func(Container) Container) Pod {
	const method = "EditContainer"
	if change == nil {
		p.mistakes.add(method, "change", nil, errNoFunction)
		return p
	}
	init, inInit := changed(p.init, name, change)
	containers, inContainers := changed(p.containers, name, change)
	if !inInit && !inContainers {
		p.mistakes.add(method, "name", name, errors.New("is not the name of a container in this pod"))
	}
	p.init, p.containers = init, containers
	return p
}

// changed returns a copy of the list with one container replaced.
func changed(list []Container, name string, change func(Container) Container) (copies []Container, found bool) {
	for _, c := range list {
		if c.spec.Name == name {
			c, found = change(c), true
		}
		copies = append(copies, c)
	}
	return copies, found
}
