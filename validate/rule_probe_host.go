// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
)

// probeHost: the host of a probe asks for trouble and is rarely needed.
var probeHost = rule[containerCheck]{
	Rule: Rule{
		ID:    "probe-host",
		Title: "host in a probe or a hook is rarely needed",
		Doc: `Without host the kubelet asks the pod's address, which on the host's network is the node's. A program that listens on all addresses is reached there. host is needed only where it listens on 127.0.0.1 alone.

Since Kubernetes 1.34 the baseline level of Pod Security refuses host in probes and hooks. A namespace with HostProcess pods is exempt from it anyway, but other policies may hold the same.`,
		Outcome: OutcomeAdvice,
		Since:   "v0.1.0",
		Sources: []string{
			"https://github.com/kubernetes/pod-security-admission/blob/v0.37.2/policy/check_hostProbesAndhostLifecycle.go",
			"https://github.com/kubernetes/kubernetes/issues/125271",
		},
		Fix: "remove host, unless the program listens on 127.0.0.1 alone",
	},
	about: hasOddHandlers,
	check: func(p pod, c container) []problem {
		if p.minor < 34 {
			return nil
		}
		var problems []problem
		for field, host := range c.probeHosts {
			problems = append(problems, problem{field: field, message: fmt.Sprintf("is %s: the kubelet would ask the node's address without it, and Pod Security's baseline level refuses it", quoted(host))})
		}
		return problems
	},
}

// probeHosts ranges over the host fields of the container's probes and hooks
// that are set.
func (c container) probeHosts(yield func(field, host string) bool) {
	handler := func(at string, get *corev1.HTTPGetAction, socket *corev1.TCPSocketAction) bool {
		return (get == nil || get.Host == "" || yield(at+".httpGet.host", get.Host)) &&
			(socket == nil || socket.Host == "" || yield(at+".tcpSocket.host", socket.Host))
	}
	probe := func(at string, p *corev1.Probe) bool { return p == nil || handler(at, p.HTTPGet, p.TCPSocket) }
	hook := func(at string, h *corev1.LifecycleHandler) bool {
		return h == nil || handler(at, h.HTTPGet, h.TCPSocket)
	}
	_ = probe("livenessProbe", c.LivenessProbe) &&
		probe("readinessProbe", c.ReadinessProbe) &&
		probe("startupProbe", c.StartupProbe) &&
		c.Lifecycle != nil &&
		hook("lifecycle.postStart", c.Lifecycle.PostStart) &&
		hook("lifecycle.preStop", c.Lifecycle.PreStop)
}
