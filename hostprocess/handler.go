// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package hostprocess

import (
	"errors"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/apimachinery/pkg/util/validation"
)

// Handler is what the kubelet does to find out whether a container works, or when
// the container starts or stops. It is an immutable value. The zero Handler is a
// mistake.
//
// The kubelet connects to the pod's own address, which is the node's.
type Handler struct {
	// function is the function that made it.
	function string
	// action is the action, unless it is a command. It is never changed.
	action   corev1.LifecycleHandler
	command  Command
	mistakes mistakes
}

// Exec runs a command in the container, as the container's account and in its working
// directory. A probe fails if the exit code isn't 0.
//
// Equivalent of setting exec of a probe or of a lifecycle handler.
func Exec(command Command) Handler {
	h := Handler{function: "Exec", command: command}
	if command.isZero() {
		h.mistakes.add(h.function, "command", nil, errNoCommand)
	}
	return h
}

// HTTPGet requests a path over HTTP. A probe fails if the status isn't between 200 and
// 399. The port is a number, or the name of a port of the same container.
//
// Equivalent of setting httpGet of a probe or of a lifecycle handler.
func HTTPGet[P int | int32 | string](path string, port P) Handler {
	h := Handler{function: "HTTPGet"}
	h.mistakes.add(h.function, "path", path, urlPath(path))
	h.action.HTTPGet = &corev1.HTTPGetAction{Path: path, Port: h.port(port)}
	return h
}

// TCPSocket connects to a port; a probe fails if the connection fails. The port is a
// number, or the name of a port of the same container. For a lifecycle hook it is a
// mistake: the kubelet doesn't support it.
//
// Equivalent of setting tcpSocket of a probe.
func TCPSocket[P int | int32 | string](port P) Handler {
	h := Handler{function: "TCPSocket"}
	h.action.TCPSocket = &corev1.TCPSocketAction{Port: h.port(port)}
	return h
}

// Sleep waits for a number of whole seconds, for example before a container is stopped.
// It requires Kubernetes 1.30 or later. For a probe it is a mistake.
//
// Equivalent of setting sleep of a lifecycle handler.
func Sleep(d time.Duration) Handler {
	h := Handler{function: "Sleep"}
	h.mistakes.add(h.function, "d", d, wholeSeconds(d, time.Second))
	h.action.Sleep = &corev1.SleepAction{Seconds: int64(d / time.Second)}
	return h
}

// port checks for a valid port number or port name.
func (h *Handler) port(given any) intstr.IntOrString {
	var value intstr.IntOrString
	switch given := given.(type) {
	case string:
		value = intstr.FromString(given)
	case int32:
		value = intstr.FromInt32(given)
	case int:
		value = intstr.FromInt32(int32(min(max(given, 0), 1<<16)))
	}
	h.mistakes.add(h.function, "port", given, port(value))
	return value
}

func port(p intstr.IntOrString) error {
	if p.Type == intstr.String {
		return form(validation.IsValidPortName(p.StrVal))
	}
	return form(validation.IsValidPortNum(p.IntValue()))
}

func urlPath(path string) error {
	if !strings.HasPrefix(path, "/") {
		return errors.New("is not a path: write one that starts with /")
	}
	return nil
}

func (h *Handler) isZero() bool { return h.function == "" }

var errNoHandler = errors.New("is the zero Handler: use Exec, HTTPGet or another function that returns one")

// probeKind is one of the probes of a container.
type probeKind int

const (
	liveness probeKind = iota
	readiness
	startup
	probeKinds
)

// probeMethods are the methods that set them.
var probeMethods = [probeKinds]string{"WithLivenessProbe", "WithReadinessProbe", "WithStartupProbe"}

// probe is a handler with the settings of a probe.
type probe struct {
	handler Handler
	spec    corev1.Probe
}

// WithLivenessProbe sets the probe whose failure restarts the container. Functions set
// when and how often it runs, such as PeriodSeconds, and the other fields of its
// action, such as HTTPGet.Scheme; the API server sets defaults for the rest. An init
// container can't have a probe, unless it is a sidecar.
//
// Equivalent of setting livenessProbe.
func (c Container) WithLivenessProbe(handler Handler, settings ...func(*corev1.Probe)) Container {
	return c.probe(liveness, handler, settings)
}

// WithReadinessProbe sets the probe whose failure removes the pod from its services.
// Its parameters are those of [Container.WithLivenessProbe].
//
// Equivalent of setting readinessProbe.
func (c Container) WithReadinessProbe(handler Handler, settings ...func(*corev1.Probe)) Container {
	return c.probe(readiness, handler, settings)
}

// WithStartupProbe sets the probe that must succeed before the others run. Its
// parameters are those of [Container.WithLivenessProbe].
//
// Equivalent of setting startupProbe.
func (c Container) WithStartupProbe(handler Handler, settings ...func(*corev1.Probe)) Container {
	return c.probe(startup, handler, settings)
}

func (c Container) probe(kind probeKind, h Handler, settings []func(*corev1.Probe)) Container {
	method := probeMethods[kind]
	switch {
	case h.isZero():
		c.mistakes.add(method, "handler", nil, errNoHandler)
	case h.action.Sleep != nil:
		c.mistakes.add(method, "handler", h.function, errors.New("is for lifecycle hooks only"))
	}
	c.mistakes.join(h.mistakes)
	action := h.action.DeepCopy()
	p := &corev1.Probe{ProbeHandler: corev1.ProbeHandler{HTTPGet: action.HTTPGet, TCPSocket: action.TCPSocket}}
	apply(&c.mistakes, method, p, settings)
	if p.GRPC != nil {
		c.mistakes.add(method, "settings", "", errors.New("set grpc, which this package doesn't support: set the probe with Edit"))
	}
	c.mistakes.action(method, &h, &corev1.LifecycleHandler{Exec: p.Exec, HTTPGet: p.HTTPGet, TCPSocket: p.TCPSocket, Sleep: action.Sleep})
	c.mistakes.settings(method, kind, p)
	c.probes[kind] = probe{h, *p.DeepCopy()}
	return c
}

// settings checks that the API server accepts the settings.
// Source: https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/apis/core/validation/validation.go (validateProbe)
func (ms *mistakes) settings(method string, kind probeKind, p *corev1.Probe) {
	for _, s := range []struct {
		name  string
		value int32
	}{
		{"initialDelaySeconds", p.InitialDelaySeconds}, {"timeoutSeconds", p.TimeoutSeconds}, {"periodSeconds", p.PeriodSeconds},
		{"successThreshold", p.SuccessThreshold}, {"failureThreshold", p.FailureThreshold},
	} {
		if s.value < 0 {
			ms.add(method, s.name, s.value, errors.New("is less than 0"))
		}
	}
	if kind != readiness && p.SuccessThreshold > 1 {
		ms.add(method, "successThreshold", p.SuccessThreshold, errors.New("can be more than 1 only for a readiness probe"))
	}
	if grace := p.TerminationGracePeriodSeconds; grace != nil {
		switch {
		case kind == readiness:
			ms.add(method, "terminationGracePeriodSeconds", *grace, errors.New("can't be set for a readiness probe, which ends nothing"))
		case *grace <= 0:
			ms.add(method, "terminationGracePeriodSeconds", *grace, errors.New("is less than 1"))
		}
	}
}

// hookKind is one of the lifecycle hooks of a container.
type hookKind int

const (
	postStart hookKind = iota
	preStop
	hookKinds
)

// hookMethods are the methods that set them.
var hookMethods = [hookKinds]string{"WithPostStart", "WithPreStop"}

// hook is a handler with the settings of a lifecycle hook.
type hook struct {
	handler Handler
	spec    corev1.LifecycleHandler
}

// WithPostStart sets an action that runs right after the container has started, in no
// defined order with its command. If it fails, the container is stopped. Functions set
// the other fields of the action, as for [Container.WithLivenessProbe]. An init
// container can't have a hook, unless it is a sidecar.
//
// Equivalent of setting lifecycle.postStart.
func (c Container) WithPostStart(handler Handler, settings ...func(*corev1.LifecycleHandler)) Container {
	return c.hook(postStart, handler, settings)
}

// WithPreStop sets an action that runs before the container is stopped. It is the most
// reliable way to stop a program cleanly on a node with the bind filter, where cmd gets
// the signal to stop, not the program. Functions set the other fields of the action, as
// for [Container.WithLivenessProbe]. An init container can't have a hook, unless it is
// a sidecar.
//
// Equivalent of setting lifecycle.preStop.
func (c Container) WithPreStop(handler Handler, settings ...func(*corev1.LifecycleHandler)) Container {
	return c.hook(preStop, handler, settings)
}

func (c Container) hook(kind hookKind, h Handler, settings []func(*corev1.LifecycleHandler)) Container {
	method := hookMethods[kind]
	switch {
	case h.isZero():
		c.mistakes.add(method, "handler", nil, errNoHandler)
	case h.action.TCPSocket != nil:
		c.mistakes.add(method, "handler", h.function, errors.New("is for probes only"))
	}
	c.mistakes.join(h.mistakes)
	spec := h.action.DeepCopy()
	apply(&c.mistakes, method, spec, settings)
	c.mistakes.action(method, &h, spec)
	c.hooks[kind] = hook{h, *spec.DeepCopy()}
	return c
}

// apply calls the functions that set the other fields of a handler.
func apply[T any](ms *mistakes, method string, to *T, settings []func(*T)) {
	for _, set := range settings {
		if set == nil {
			ms.add(method, "settings", nil, errNoFunction)
			continue
		}
		set(to)
	}
}

// action checks that the API server accepts an action of the handler's type.
func (ms *mistakes) action(method string, h *Handler, done *corev1.LifecycleHandler) {
	kinds := func(a *corev1.LifecycleHandler) [4]bool {
		return [...]bool{a.Exec != nil, a.HTTPGet != nil, a.TCPSocket != nil, a.Sleep != nil}
	}
	switch {
	case len(h.mistakes) > 0:
		return
	case kinds(&h.action) != kinds(done):
		ms.add(method, "settings", "", errors.New("set another handler: pass it as the first argument"))
	case done.HTTPGet != nil:
		get := done.HTTPGet
		ms.add(method, "httpGet.path", get.Path, urlPath(get.Path))
		ms.add(method, "httpGet.port", get.Port.String(), port(get.Port))
		ms.add(method, "httpGet.host", get.Host, nil)
		ms.add(method, "httpGet.scheme", string(get.Scheme), oneOf(get.Scheme, "", corev1.URISchemeHTTP, corev1.URISchemeHTTPS))
		for _, header := range get.HTTPHeaders {
			ms.add(method, "httpGet.httpHeaders", header.Name, form(validation.IsHTTPHeaderName(header.Name)))
			ms.add(method, "value of "+header.Name, header.Value, nil)
		}
	case done.TCPSocket != nil:
		ms.add(method, "tcpSocket.port", done.TCPSocket.Port.String(), port(done.TCPSocket.Port))
		ms.add(method, "tcpSocket.host", done.TCPSocket.Host, nil)
	case done.Sleep != nil && done.Sleep.Seconds < 1:
		ms.add(method, "sleep.seconds", done.Sleep.Seconds, errors.New("is less than 1"))
	}
}
