// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
)

// probeHost: host in a probe is rarely needed, and some policies reject it.
var probeHost = rule[containerCheck]{
	Rule: Rule{
		ID:    "probe-host",
		Title: "host in a probe or hook is rarely needed",
		Doc: `Without host, the kubelet connects to the pod's address, which on the host's network is the node's. A program that listens on all addresses is reached there. host is needed only if the program listens on 127.0.0.1 only.

Since Kubernetes 1.34, the baseline level of Pod Security rejects host in probes and hooks. A namespace with HostProcess pods is exempt from it anyway, but other policies may have the same rule.`,
		Outcome: OutcomeAdvice,
		Since:   "v0.1.0",
		Sources: []string{
			"https://github.com/kubernetes/pod-security-admission/blob/v0.37.2/policy/check_hostProbesAndhostLifecycle.go",
			"https://github.com/kubernetes/kubernetes/issues/125271",
		},
		Fix: "remove host, unless the program listens on 127.0.0.1 only",
	},
	about: hasOddHandlers,
	check: func(p pod, c container) []problem {
		if p.minor < 34 {
			return nil
		}
		var problems []problem
		for field, host := range c.probeHosts {
			problems = append(problems, problem{field: field, message: fmt.Sprintf("is %s, which Pod Security's baseline level rejects: without it, the kubelet connects to the node's address", quoted(host))})
		}
		return problems
	},
}

// probeHosts ranges over the host fields that are set in the container's probes and
// hooks.
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
