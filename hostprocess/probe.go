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

// probeKind is one of the probes of a container.
type probeKind int

const (
	liveness probeKind = iota
	readiness
	startup
	probeKinds
)

// WithLivenessProbe sets the probe whose failure restarts the container. An init
// container can't have one. If called again, the last call holds.
//
// Equivalent of setting livenessProbe.
func (c Container) WithLivenessProbe(probe Probe) Container {
	return c.probe("WithLivenessProbe", liveness, probe)
}

// WithReadinessProbe sets the probe whose failure takes the pod out of the
// services. An init container can't have one. If called again, the last call
// holds.
//
// Equivalent of setting readinessProbe.
func (c Container) WithReadinessProbe(probe Probe) Container {
	return c.probe("WithReadinessProbe", readiness, probe)
}

// WithStartupProbe sets the probe that must succeed before the others are tried.
// An init container can't have one. If called again, the last call holds.
//
// Equivalent of setting startupProbe.
func (c Container) WithStartupProbe(probe Probe) Container {
	return c.probe("WithStartupProbe", startup, probe)
}

func (c Container) probe(method string, kind probeKind, probe Probe) Container {
	if probe.isZero() {
		c.mistakes.add(method, "probe", nil, errors.New("is the zero Probe: use ExecProbe, HTTPProbe, TCPProbe or GRPCProbe"))
	}
	if kind == readiness && probe.spec.TerminationGracePeriodSeconds != nil {
		c.mistakes.add(method, "probe", "WithTerminationGracePeriod", errors.New("can't be used for a readiness probe, which ends nothing"))
	}
	if kind != readiness && probe.spec.SuccessThreshold > 1 {
		c.mistakes.add(method, "probe", "WithSuccessThreshold", errors.New("can be more than 1 for a readiness probe only"))
	}
	c.mistakes.join(probe.mistakes)
	c.probes[kind] = probe
	return c
}

// Probe is how the kubelet finds out whether a container works. It is an
// immutable value. The zero Probe is a mistake.
//
// The kubelet connects to the pod's own address, which is the node's.
type Probe struct {
	spec     corev1.Probe
	command  Command
	mistakes mistakes
}

// ExecProbe runs a command in the container; it fails if the exit code isn't 0.
// It runs as the account of the container and in its working directory.
//
// Equivalent of setting exec of a probe.
func ExecProbe(command Command) Probe {
	return Probe{command: command, mistakes: command.missing("ExecProbe")}
}

// HTTPProbe asks for a path over HTTP; it fails if the status isn't from 200 to
// 399.
//
// Equivalent of setting httpGet of a probe.
func HTTPProbe(path string, port int32) Probe {
	var p Probe
	p.spec.HTTPGet = httpGet(&p.mistakes, "HTTPProbe", path, port)
	return p
}

// httpGet is the action that probes and hooks share.
func httpGet(found *mistakes, method, path string, port int32) *corev1.HTTPGetAction {
	var err error
	if !strings.HasPrefix(path, "/") {
		err = errors.New("is no path: write one that starts with /")
	}
	found.add(method, "path", path, err)
	found.add(method, "port", port, form(validation.IsValidPortNum(int(port))))
	return &corev1.HTTPGetAction{Path: path, Port: intstr.FromInt32(port)}
}

// TCPProbe connects to a port; it fails if that can't be done.
//
// Equivalent of setting tcpSocket of a probe.
func TCPProbe(port int32) Probe {
	var p Probe
	p.mistakes.add("TCPProbe", "port", port, form(validation.IsValidPortNum(int(port))))
	p.spec.TCPSocket = &corev1.TCPSocketAction{Port: intstr.FromInt32(port)}
	return p
}

// GRPCProbe asks a gRPC health service, without encryption. The name of the
// service may be empty.
//
// Equivalent of setting grpc of a probe.
func GRPCProbe(port int32, service string) Probe {
	var p Probe
	p.mistakes.add("GRPCProbe", "port", port, form(validation.IsValidPortNum(int(port))))
	p.mistakes.add("GRPCProbe", "service", service, nil)
	p.spec.GRPC = &corev1.GRPCAction{Port: port, Service: ptr.To(service)}
	return p
}

// WithHTTPS makes an [HTTPProbe] use TLS. The certificate isn't checked. For any
// other probe it is a mistake.
//
// Equivalent of setting httpGet.scheme to HTTPS.
func (p Probe) WithHTTPS() Probe {
	get, ok := p.http("WithHTTPS")
	if ok {
		get.Scheme = corev1.URISchemeHTTPS
		p.spec.HTTPGet = get
	}
	return p
}

// WithHeader adds a header to the request of an [HTTPProbe]. For any other probe
// it is a mistake. If called again, the headers are added.
//
// Equivalent of appending to httpGet.httpHeaders.
func (p Probe) WithHeader(name, value string) Probe {
	p.mistakes.add("WithHeader", "name", name, form(validation.IsHTTPHeaderName(name)))
	p.mistakes.add("WithHeader", "value", value, nil)
	get, ok := p.http("WithHeader")
	if ok {
		get.HTTPHeaders = append(get.HTTPHeaders, corev1.HTTPHeader{Name: name, Value: value})
		p.spec.HTTPGet = get
	}
	return p
}

// http returns a copy of the probe's HTTP action.
func (p *Probe) http(method string) (get *corev1.HTTPGetAction, ok bool) {
	if p.spec.HTTPGet == nil {
		p.mistakes.receiver(method, errors.New("is no HTTPProbe"))
		return nil, false
	}
	return p.spec.HTTPGet.DeepCopy(), true
}

// WithInitialDelay sets how long after the start of the container the probe is
// first tried, in whole seconds. If called again, the last call holds.
//
// Equivalent of setting initialDelaySeconds.
func (p Probe) WithInitialDelay(delay time.Duration) Probe {
	p.spec.InitialDelaySeconds = p.seconds("WithInitialDelay", "delay", delay, 0)
	return p
}

// WithPeriod sets how often the probe is tried, in whole seconds. If called
// again, the last call holds.
//
// Equivalent of setting periodSeconds.
func (p Probe) WithPeriod(period time.Duration) Probe {
	p.spec.PeriodSeconds = p.seconds("WithPeriod", "period", period, time.Second)
	return p
}

// WithTimeout sets after how long a try fails, in whole seconds. If called
// again, the last call holds.
//
// Equivalent of setting timeoutSeconds.
func (p Probe) WithTimeout(timeout time.Duration) Probe {
	p.spec.TimeoutSeconds = p.seconds("WithTimeout", "timeout", timeout, time.Second)
	return p
}

// WithTerminationGracePeriod sets how long a container that is restarted because
// of this probe has to stop, in whole seconds. A readiness probe can't have it.
// If called again, the last call holds.
//
// Equivalent of setting terminationGracePeriodSeconds of the probe.
func (p Probe) WithTerminationGracePeriod(period time.Duration) Probe {
	p.spec.TerminationGracePeriodSeconds = ptr.To(int64(p.seconds("WithTerminationGracePeriod", "period", period, time.Second)))
	return p
}

func (p *Probe) seconds(method, argument string, d, least time.Duration) int32 {
	err := wholeSeconds(d, least)
	p.mistakes.add(method, argument, d, err)
	if err != nil {
		return 0
	}
	return int32(d / time.Second)
}

// WithFailureThreshold sets how many tries in a row must fail. If called again,
// the last call holds.
//
// Equivalent of setting failureThreshold.
func (p Probe) WithFailureThreshold(tries int32) Probe {
	p.mistakes.add("WithFailureThreshold", "tries", tries, atLeastOne(tries))
	p.spec.FailureThreshold = tries
	return p
}

// WithSuccessThreshold sets how many tries in a row must succeed after one has
// failed. Only a readiness probe can have more than 1. If called again, the last
// call holds.
//
// Equivalent of setting successThreshold.
func (p Probe) WithSuccessThreshold(tries int32) Probe {
	p.mistakes.add("WithSuccessThreshold", "tries", tries, atLeastOne(tries))
	p.spec.SuccessThreshold = tries
	return p
}

func atLeastOne(n int32) error {
	if n < 1 {
		return errors.New("is less than 1")
	}
	return nil
}

func (p *Probe) isZero() bool {
	return p.command.isZero() && len(p.mistakes) == 0 && p.spec.ProbeHandler == (corev1.ProbeHandler{})
}
