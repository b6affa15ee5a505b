// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package nodes

import corev1 "k8s.io/api/core/v1"

// Port is what makes two ports of a node the same for the API server. It is comparable.
type Port struct {
	Number   int32
	Protocol corev1.Protocol
	// HostIP is empty for all addresses of the node.
	HostIP string
}

// PortOf returns the port of the node that a container on the node's network has by one
// of its ports.
//
// Source: https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/apis/core/v1/defaults.go#L439-L448
func PortOf(p *corev1.ContainerPort) Port {
	port := Port{p.ContainerPort, p.Protocol, p.HostIP}
	if p.HostPort != 0 {
		port.Number = p.HostPort
	}
	if port.Protocol == "" {
		port.Protocol = corev1.ProtocolTCP
	}
	return port
}

// IsSidecar reports whether an init container runs as long as the pod.
func IsSidecar(c *corev1.Container) bool {
	return c.RestartPolicy != nil && *c.RestartPolicy == corev1.ContainerRestartPolicyAlways
}
