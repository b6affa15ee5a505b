// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package hostprocess

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/hostprocess-go/sdk/accounts"
)

// pod adds what is wrong with the pod as a whole, where each call for itself was
// right.
func (ms *mistakes) pod(p Pod) {
	if len(p.containers) == 0 {
		ms.add("New", "containers", nil, errors.New("there is none: a pod needs at least one"))
	}
	names := make(map[string]bool, len(p.init)+len(p.containers))
	for _, c := range p.init {
		ms.container(c, names)
		ms.initContainer(c)
	}
	for _, c := range p.containers {
		ms.container(c, names)
	}
	ms.ports(p.containers)
	ms.tokens(p)
	ms.groups(p)
}

// account wants an account that a node can use. Without a method, it is that of
// the zero Pod.
func (ms *mistakes) account(method string, account accounts.Account) {
	if method == "" {
		method = "New"
	}
	if account == nil {
		ms.add(method, "account", nil, errNoAccount)
		return
	}
	ms.add(method, "account", account.RunAsUserName(), account.Validate())
}

var errNoAccount = errors.New("is nil: pass one of the constants of package accounts, such as accounts.LocalService")

func (ms *mistakes) in(c Container, method, argument string, value any, err error) {
	if c.from {
		method = "From"
	}
	if err != nil {
		*ms = append(*ms, inContainer(c.spec.Name, mistake(method, argument, value, err)))
	}
}

func (ms *mistakes) container(c Container, names map[string]bool) {
	name := c.spec.Name
	if name == "" {
		ms.in(c, "NewContainer", "name", name, errEmpty)
	} else if names[name] {
		ms.in(c, "NewContainer", "name", name, errors.New("is the name of two containers: init containers and others share their names"))
	}
	names[name] = true
	if c.spec.Image == "" {
		ms.in(c, "NewContainer", "image", "", errors.New("is empty: write the image to run"))
	}
	if c.asked {
		var found mistakes
		found.account("WithRunAs", c.account)
		for _, m := range found {
			*ms = append(*ms, inContainer(name, m))
		}
	}
	for _, resource := range slices.Sorted(maps.Keys(c.spec.Resources.Requests)) {
		request := c.spec.Resources.Requests[resource]
		ms.request(c, resource, request.String(), c.spec.Resources)
	}
	paths := make(map[string]bool, len(c.mounts))
	for _, m := range c.mounts {
		if paths[m.spec.MountPath] {
			ms.in(c, "WithMount", "mountPath", m.spec.MountPath, errors.New("is the mountPath of two mounts: one of them needs another"))
		}
		paths[m.spec.MountPath] = true
	}
}

// request wants requests that the limits allow.
func (ms *mistakes) request(c Container, name corev1.ResourceName, quantity string, resources corev1.ResourceRequirements) {
	request := resources.Requests[name]
	limit, limited := resources.Limits[name]
	switch {
	case extended(name) && (!limited || request.Cmp(limit) != 0):
		ms.in(c, "WithRequest", string(name), quantity, errors.New("must be the same as the limit: devices can't be shared; set the limit alone"))
	case limited && request.Cmp(limit) > 0:
		ms.in(c, "WithRequest", string(name), quantity, fmt.Errorf("is more than the limit of %s", limit.String()))
	}
}

// initContainer wants nothing that an init container can't have.
func (ms *mistakes) initContainer(c Container) {
	for kind, method := range [probeKinds]string{"WithLivenessProbe", "WithReadinessProbe", "WithStartupProbe"} {
		if !c.probes[kind].isZero() {
			*ms = append(*ms, Mistake{Container: c.spec.Name, Method: method, Argument: "receiver", Err: errors.New("is an init container, which can't have a probe")})
		}
	}
	for kind, method := range [hookKinds]string{"WithPostStart", "WithPreStop"} {
		if !c.hooks[kind].isZero() {
			*ms = append(*ms, Mistake{Container: c.spec.Name, Method: method, Argument: "receiver", Err: errors.New("is an init container, which can't have a hook")})
		}
	}
}

// ports wants every port once: they are all ports of the node.
func (ms *mistakes) ports(containers []Container) {
	type port struct {
		number   int32
		protocol corev1.Protocol
	}
	taken := map[port]string{}
	for _, c := range containers {
		for _, p := range c.spec.Ports {
			key := port{p.ContainerPort, p.Protocol}
			if other, found := taken[key]; found {
				ms.in(c, "WithPort", "number", p.ContainerPort, fmt.Errorf("is a port of container %q as well: both would listen on the same port of the node", other))
			}
			taken[key] = c.spec.Name
		}
	}
}

// tokens wants a service account where the pod has a volume with its token.
func (ms *mistakes) tokens(p Pod) {
	if p.spec.ServiceAccountName != "" {
		return
	}
	for _, c := range slices.Concat(p.init, p.containers) {
		for _, m := range c.mounts {
			if m.volume.hasToken() {
				ms.in(c, "WithMount", "volume", m.volume.name, errNoServiceAccount)
			}
		}
	}
	for _, v := range p.volumes {
		if v.hasToken() {
			ms.add("WithVolumes", "volume", v.name, errNoServiceAccount)
		}
	}
}

var errNoServiceAccount = errors.New("is a token of no service account: name one with WithServiceAccount")

// hasToken says whether a file of the volume is a service account's token.
func (v Volume) hasToken() bool {
	return v.source.Projected != nil && slices.ContainsFunc(v.source.Projected.Sources, func(s corev1.VolumeProjection) bool {
		return s.ServiceAccountToken != nil
	})
}
