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
	"k8s.io/utils/ptr"
)

// Handler is what the kubelet does to find out whether a container works, or when
// the container starts or stops. It is an immutable value. The zero Handler is a
// mistake.
//
// The kubelet connects to the pod's own address, which is the node's, unless
// [Handler.WithHost] names another.
type Handler struct {
	// function is what has made it.
	function string
	httpGet  *corev1.HTTPGetAction
	tcp      *corev1.TCPSocketAction
	grpc     *corev1.GRPCAction
	sleep    *corev1.SleepAction
	command  Command
	mistakes mistakes
}

// Exec runs a command in the container, as the account of the container and in its
// working directory. A probe fails if the exit code isn't 0.
//
// Equivalent of setting exec of a probe or of a lifecycle handler.
func Exec(command Command) Handler {
	h := Handler{function: "Exec", command: command}
	if command.isZero() {
		h.mistakes.add(h.function, "command", nil, errNoCommand)
	}
	return h
}

// HTTPGet asks for a path over HTTP. A probe fails if the status isn't from 200 to
// 399. The port is a number, or the name of a port of the same container.
//
// Equivalent of setting httpGet of a probe or of a lifecycle handler.
func HTTPGet[P int | int32 | string](path string, port P) Handler {
	h := Handler{function: "HTTPGet"}
	var err error
	if !strings.HasPrefix(path, "/") {
		err = errors.New("is no path: write one that starts with /")
	}
	h.mistakes.add(h.function, "path", path, err)
	h.httpGet = &corev1.HTTPGetAction{Path: path, Port: h.port(port)}
	return h
}

// TCPSocket connects to a port; a probe fails if that can't be done. The port is a
// number, or the name of a port of the same container. For a lifecycle hook it is a
// mistake: the kubelet doesn't do it.
//
// Equivalent of setting tcpSocket of a probe.
func TCPSocket[P int | int32 | string](port P) Handler {
	h := Handler{function: "TCPSocket"}
	h.tcp = &corev1.TCPSocketAction{Port: h.port(port)}
	return h
}

// GRPC asks a gRPC health service, without encryption. The name of the service may
// be empty. For a lifecycle hook it is a mistake.
//
// Equivalent of setting grpc of a probe.
func GRPC(port int32, service string) Handler {
	h := Handler{function: "GRPC"}
	h.mistakes.add(h.function, "service", service, nil)
	h.port(port)
	h.grpc = &corev1.GRPCAction{Port: port, Service: ptr.To(service)}
	return h
}

// Sleep waits, in whole seconds: before a container is told to stop, for example. It
// needs Kubernetes 1.30 or later. For a probe it is a mistake.
//
// Equivalent of setting sleep of a lifecycle handler.
func Sleep(d time.Duration) Handler {
	h := Handler{function: "Sleep"}
	h.mistakes.add(h.function, "d", d, wholeSeconds(d, time.Second))
	h.sleep = &corev1.SleepAction{Seconds: int64(d / time.Second)}
	return h
}

// port wants a number, or a name that a port can have.
func (h *Handler) port(port any) intstr.IntOrString {
	var value intstr.IntOrString
	var err error
	switch port := port.(type) {
	case string:
		value, err = intstr.FromString(port), form(validation.IsValidPortName(port))
	case int32:
		return h.port(int(port))
	case int:
		err = form(validation.IsValidPortNum(port))
		value = intstr.FromInt32(int32(min(max(port, 0), 1<<16)))
	}
	h.mistakes.add(h.function, "port", port, err)
	return value
}

// WithHost has the kubelet connect to another address than the pod's: 127.0.0.1, for
// a program that listens there only. For anything else than [HTTPGet] and
// [TCPSocket] it is a mistake. If called again, the last call holds.
//
// Equivalent of setting host of the action.
func (h Handler) WithHost(host string) Handler {
	h.mistakes.add("WithHost", "host", host, nil)
	switch {
	case h.httpGet != nil:
		h.httpGet = h.httpGet.DeepCopy()
		h.httpGet.Host = host
	case h.tcp != nil:
		h.tcp = &corev1.TCPSocketAction{Port: h.tcp.Port, Host: host}
	default:
		h.mistakes.receiver("WithHost", errors.New("is neither HTTPGet nor TCPSocket"))
	}
	return h
}

// WithHTTPS makes [HTTPGet] use TLS. The certificate isn't checked. For anything
// else it is a mistake.
//
// Equivalent of setting httpGet.scheme to HTTPS.
func (h Handler) WithHTTPS() Handler {
	if h.isHTTP("WithHTTPS") {
		h.httpGet = h.httpGet.DeepCopy()
		h.httpGet.Scheme = corev1.URISchemeHTTPS
	}
	return h
}

// WithHeader adds a header to the request of [HTTPGet]. For anything else it is a
// mistake. If called again, the headers are added.
//
// Equivalent of appending to httpGet.httpHeaders.
func (h Handler) WithHeader(name, value string) Handler {
	h.mistakes.add("WithHeader", "name", name, form(validation.IsHTTPHeaderName(name)))
	h.mistakes.add("WithHeader", "value", value, nil)
	if h.isHTTP("WithHeader") {
		h.httpGet = h.httpGet.DeepCopy()
		h.httpGet.HTTPHeaders = append(h.httpGet.HTTPHeaders, corev1.HTTPHeader{Name: name, Value: value})
	}
	return h
}

func (h *Handler) isHTTP(method string) bool {
	if h.httpGet == nil {
		h.mistakes.receiver(method, errors.New("is not HTTPGet"))
	}
	return h.httpGet != nil
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

// probe is a handler together with when it is tried.
type probe struct {
	handler Handler
	spec    corev1.Probe
}

// WithLivenessProbe sets the probe whose failure restarts the container. Functions
// set the fields that say when and how often it is tried, such as PeriodSeconds; what
// they don't set is left to the API server. An init container can't have a probe,
// unless it is a sidecar. If called again, the last call holds.
//
// Equivalent of setting livenessProbe.
func (c Container) WithLivenessProbe(handler Handler, settings ...func(*corev1.Probe)) Container {
	return c.probe(liveness, handler, settings)
}

// WithReadinessProbe sets the probe whose failure takes the pod out of the
// services, as [Container.WithLivenessProbe] does with its probe.
//
// Equivalent of setting readinessProbe.
func (c Container) WithReadinessProbe(handler Handler, settings ...func(*corev1.Probe)) Container {
	return c.probe(readiness, handler, settings)
}

// WithStartupProbe sets the probe that must succeed before the others are tried, as
// [Container.WithLivenessProbe] does with its probe.
//
// Equivalent of setting startupProbe.
func (c Container) WithStartupProbe(handler Handler, settings ...func(*corev1.Probe)) Container {
	return c.probe(startup, handler, settings)
}

func (c Container) probe(kind probeKind, h Handler, settings []func(*corev1.Probe)) Container {
	method := probeMethods[kind]
	p := probe{handler: h}
	switch {
	case h.isZero():
		c.mistakes.add(method, "handler", nil, errNoHandler)
	case h.sleep != nil:
		c.mistakes.add(method, "handler", h.function, errors.New("is for lifecycle hooks only"))
	}
	c.mistakes.join(h.mistakes)
	for _, set := range settings {
		if set == nil {
			c.mistakes.add(method, "settings", nil, errors.New("there is no function to call"))
			continue
		}
		set(&p.spec)
	}
	if p.spec.ProbeHandler != (corev1.ProbeHandler{}) {
		c.mistakes.add(method, "settings", "", errors.New("set a handler: pass it as the first argument"))
	}
	c.mistakes.settings(method, kind, &p.spec)
	p.spec = *p.spec.DeepCopy()
	c.probes[kind] = p
	return c
}

// settings wants what the API server takes.
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
		ms.add(method, "successThreshold", p.SuccessThreshold, errors.New("can be more than 1 for a readiness probe only"))
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

// WithPostStart sets what is done right after the container has started, without
// an order between the two. If it fails, the container is stopped. An init
// container can't have it, unless it is a sidecar. If called again, the last call
// holds.
//
// Equivalent of setting lifecycle.postStart.
func (c Container) WithPostStart(handler Handler) Container {
	return c.hook(postStart, handler)
}

// WithPreStop sets what is done before the container is told to stop. It is the
// surest way to let a program end in peace on a node with the bind filter, where
// the process that is told to stop is cmd and not the program. An init container
// can't have it, unless it is a sidecar. If called again, the last call holds.
//
// Equivalent of setting lifecycle.preStop.
func (c Container) WithPreStop(handler Handler) Container {
	return c.hook(preStop, handler)
}

func (c Container) hook(kind hookKind, h Handler) Container {
	method := hookMethods[kind]
	switch {
	case h.isZero():
		c.mistakes.add(method, "handler", nil, errNoHandler)
	case h.tcp != nil || h.grpc != nil:
		c.mistakes.add(method, "handler", h.function, errors.New("is for probes only"))
	}
	c.mistakes.join(h.mistakes)
	c.hooks[kind] = h
	return c
}
