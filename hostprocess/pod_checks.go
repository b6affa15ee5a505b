// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package hostprocess

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/utils/ptr"

	"github.com/hostprocess-go/sdk/accounts"
)

// pod adds the mistakes of the pod as a whole.
func (ms *mistakes) pod(p *Pod) {
	if len(p.containers) == 0 {
		ms.add("NewPod", "containers", nil, errors.New("is empty: a pod needs at least one container"))
	}
	names := make(map[string]bool, len(p.init)+len(p.containers))
	for i := range p.init {
		ms.container(&p.init[i], names)
		ms.initContainer(&p.init[i])
	}
	for i := range p.containers {
		ms.container(&p.containers[i], names)
	}
	ms.tokens(p)
	ms.minors(p)
	ms.portNames(p)
	ms.sleeps(p)
}

// account checks that an account is valid for its type: a ServiceAccount must not be
// the name of a group. Package validate reports accounts that no node can use.
func (ms *mistakes) account(method string, account accounts.Account) {
	if account == nil {
		ms.add(method, "account", nil, errNoAccount)
		return
	}
	if wrong, ok := account.Validate().(*accounts.ParseError); ok && wrong.Reason == accounts.ReasonNotCanonical {
		ms.add(method, "account", account.RunAsUserName(), wrong)
	}
}

var errNoAccount = errors.New("is not an account: pass one from package accounts, such as accounts.LocalService")

// startedBy returns the function that made the container.
func (c *Container) startedBy() string {
	if c.from != nil {
		return "From"
	}
	return "NewContainer"
}

// containerMistake adds err, unless it is nil, as a mistake of the call that set a
// property of the container: of From if the container came with a spec.
func (ms *mistakes) containerMistake(c *Container, method, argument string, value any, err error) {
	if c.from != nil {
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
		ms.containerMistake(c, "NewContainer", "name", name, errors.New("is the name of two containers: names must be unique, including init containers"))
	}
	names[name] = true
	if c.spec.Image == "" {
		ms.in(name, mistake(cmp.Or(c.imageMethod, c.startedBy()), "image", "", errNoImage))
	}
	if c.accountSet {
		var found mistakes
		found.account("WithRunAs", c.account)
		ms.in(name, found...)
	}
	ms.requests(c)
}

// requests reports requests above their limits.
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

// request returns an error if the limits don't allow a request.
func (c *Container) request(name corev1.ResourceName) error {
	request := c.spec.Resources.Requests[name]
	limit, limited := c.spec.Resources.Limits[name]
	switch {
	case extended(name) && (!limited || request.Cmp(limit) != 0):
		return errors.New("must equal the limit, because devices can't be shared: set the limit only")
	case limited && request.Cmp(limit) > 0:
		return fmt.Errorf("is more than the limit of %s", limit.String())
	}
	return nil
}

// initContainer reports properties that an init container can't have.
func (ms *mistakes) initContainer(c *Container) {
	if c.isSidecar() {
		return
	}
	for kind, method := range probeMethods {
		if !c.probes[kind].handler.isZero() {
			*ms = append(*ms, Mistake{Container: c.spec.Name, Method: method, Argument: "receiver", Err: errors.New("is an init container, which can't have a probe: use WithSidecars")})
		}
	}
	for kind, method := range hookMethods {
		if !c.hooks[kind].handler.isZero() {
			*ms = append(*ms, Mistake{Container: c.spec.Name, Method: method, Argument: "receiver", Err: errors.New("is an init container, which can't have a hook: use WithSidecars")})
		}
	}
}

// minors reports what the oldest Kubernetes of the pod doesn't support. Sources: the
// gates SidecarContainers and PodLifecycleSleepAction, on by default from these
// versions on, in
// https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/features/kube_features.go
func (ms *mistakes) minors(p *Pod) {
	const sidecars, sleep = 29, 30
	minor := p.validator.KubernetesMinor
	if minor == 0 || minor >= sleep {
		return
	}
	for c := range p.all() {
		if c.isSidecar() && minor < sidecars {
			ms.containerMistake(c, "WithSidecars", "containers", c.spec.Name, fmt.Errorf("requires Kubernetes 1.%d: with 1.%d, init containers never finish with it", sidecars, minor))
		}
		for kind, method := range hookMethods {
			if c.hooks[kind].spec.Sleep != nil {
				*ms = append(*ms, Mistake{Container: c.spec.Name, Method: method, Argument: "handler Sleep", Err: fmt.Errorf("requires Kubernetes 1.%d", sleep)})
			}
		}
	}
}

// sleeps reports hooks that take longer than the container has to stop.
func (ms *mistakes) sleeps(p *Pod) {
	const unset = 30
	grace := ptr.Deref(p.spec.TerminationGracePeriodSeconds, unset)
	for c := range p.all() {
		for kind, method := range hookMethods {
			if sleep := c.hooks[kind].spec.Sleep; sleep != nil && sleep.Seconds > grace {
				*ms = append(*ms, Mistake{Container: c.spec.Name, Method: method, Argument: "handler Sleep", Err: fmt.Errorf("is longer than the %d seconds that the pod has to stop: see WithTerminationGracePeriod", grace)})
			}
		}
	}
}

// portNames reports handlers with a port name that their container doesn't have.
func (ms *mistakes) portNames(p *Pod) {
	for c := range p.all() {
		for kind, method := range probeMethods {
			p := &c.probes[kind]
			ms.portName(c, method, &p.handler, p.spec.HTTPGet, p.spec.TCPSocket)
		}
		for kind, method := range hookMethods {
			h := &c.hooks[kind]
			ms.portName(c, method, &h.handler, h.spec.HTTPGet, nil)
		}
	}
}

func (ms *mistakes) portName(c *Container, method string, h *Handler, http *corev1.HTTPGetAction, tcp *corev1.TCPSocketAction) {
	var name string
	switch {
	case http != nil:
		name = http.Port.StrVal
	case tcp != nil:
		name = tcp.Port.StrVal
	}
	if len(h.mistakes) == 0 && name != "" && !slices.ContainsFunc(c.spec.Ports, func(p corev1.ContainerPort) bool { return p.Name == name }) {
		*ms = append(*ms, Mistake{Container: c.spec.Name, Method: method, Argument: mistake("", "port", name, nil).Argument, Err: errors.New("is not the name of a port of this container: see WithPort")})
	}
}

// tokens reports a volume with a token in a pod without a service account.
func (ms *mistakes) tokens(p *Pod) {
	if p.spec.ServiceAccountName != "" {
		return
	}
	for c := range p.all() {
		for i := range c.mounts {
			if v := &c.mounts[i].volume; v.hasToken() {
				ms.containerMistake(c, "WithMount", "volume", v.name, errors.New("is a token, but the pod has no service account: set one with WithServiceAccount"))
			}
		}
	}
}

// hasToken reports whether a file of the volume is a service account token.
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
