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
func (ms *mistakes) pod(p *Pod) {
	if len(p.containers) == 0 {
		ms.add("NewPod", "containers", nil, errors.New("there is none: a pod needs at least one"))
	}
	names := make(map[string]bool, len(p.init)+len(p.containers))
	for i := range p.init {
		ms.container(&p.init[i], names)
		ms.initContainer(&p.init[i])
	}
	for i := range p.containers {
		ms.container(&p.containers[i], names)
	}
	ms.ports(p.containers)
	ms.tokens(p)
}

// account wants an account that is what its type says: a ServiceAccount that isn't
// the name of a group. What no node can run is a finding of package validate.
func (ms *mistakes) account(method string, account accounts.Account) {
	if account == nil {
		ms.add(method, "account", nil, errNoAccount)
		return
	}
	var wrong *accounts.ParseError
	if errors.As(account.Validate(), &wrong) && wrong.Reason == accounts.ReasonNotCanonical {
		ms.add(method, "account", account.RunAsUserName(), wrong)
	}
}

var errNoAccount = errors.New("is no account: pass one of the constants of package accounts, such as accounts.LocalService")

// containerMistake adds err, unless it is nil, as a mistake in the call that has set
// something of the container: that of From if the container came with a spec.
func (ms *mistakes) containerMistake(c *Container, method, argument string, value any, err error) {
	if c.from {
		method = "From"
	}
	if err != nil {
		ms.in(c.spec.Name, mistake(method, argument, value, err))
	}
}

func (ms *mistakes) container(c *Container, names map[string]bool) {
	name := c.spec.Name
	if name == "" {
		ms.containerMistake(c, "NewContainer", "name", name, errEmpty)
	} else if names[name] {
		ms.containerMistake(c, "NewContainer", "name", name, errors.New("is the name of two containers: init containers and others share their names"))
	}
	names[name] = true
	if c.spec.Image == "" {
		ms.containerMistake(c, "NewContainer", "image", "", errors.New("is empty: write the image to run"))
	}
	if c.accountSet {
		var found mistakes
		found.account("WithRunAs", c.account)
		ms.in(name, found...)
	}
	ms.requests(c)
}

// requests wants requests that the limits allow.
func (ms *mistakes) requests(c *Container) {
	for name := range c.spec.Resources.Requests {
		if c.request(name) != nil {
			for _, name := range slices.Sorted(maps.Keys(c.spec.Resources.Requests)) {
				request := c.spec.Resources.Requests[name]
				ms.containerMistake(c, "WithRequest", string(name), request.String(), c.request(name))
			}
			return
		}
	}
}

// request says why the limits don't allow a request.
func (c *Container) request(name corev1.ResourceName) error {
	request := c.spec.Resources.Requests[name]
	limit, limited := c.spec.Resources.Limits[name]
	switch {
	case extended(name) && (!limited || request.Cmp(limit) != 0):
		return errors.New("must be the same as the limit: devices can't be shared; set the limit alone")
	case limited && request.Cmp(limit) > 0:
		return fmt.Errorf("is more than the limit of %s", limit.String())
	}
	return nil
}

// initContainer wants nothing that an init container can't have.
func (ms *mistakes) initContainer(c *Container) {
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
	var taken map[port]string
	for i := range containers {
		c := &containers[i]
		for _, p := range c.spec.Ports {
			key := port{p.ContainerPort, p.Protocol}
			if other, found := taken[key]; found {
				ms.containerMistake(c, "WithPort", "number", p.ContainerPort, fmt.Errorf("is a port of container %q as well: both would listen on the same port of the node", other))
			}
			if taken == nil {
				taken = map[port]string{}
			}
			taken[key] = c.spec.Name
		}
	}
}

// tokens wants a service account where the pod has a volume with its token.
func (ms *mistakes) tokens(p *Pod) {
	if p.spec.ServiceAccountName != "" {
		return
	}
	for c := range p.all() {
		for i := range c.mounts {
			if v := &c.mounts[i].volume; v.hasToken() {
				ms.containerMistake(c, "WithMount", "volume", v.name, errNoServiceAccount)
			}
		}
	}
	for i := range p.volumes {
		if v := &p.volumes[i]; v.hasToken() {
			ms.add("WithVolumes", "volume", v.name, errNoServiceAccount)
		}
	}
}

var errNoServiceAccount = errors.New("is a token of no service account: name one with WithServiceAccount")

// hasToken reports whether a file of the volume is a service account's token.
func (v *Volume) hasToken() bool {
	if v.source.Projected == nil {
		return false
	}
	for i := range v.source.Projected.Sources {
		if v.source.Projected.Sources[i].ServiceAccountToken != nil {
			return true
		}
	}
	return false
}
