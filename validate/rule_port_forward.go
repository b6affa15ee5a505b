// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"strings"
)

// portForward: older versions of containerd can't forward ports to HostProcess pods.
var portForward = rule[containerCheck]{
	Rule: Rule{
		ID:    "port-forward",
		Title: "kubectl port-forward requires containerd 1.7.16",
		Doc: `Before containerd 1.7.16 and 2.0.0-rc.1, kubectl port-forward to a Windows pod runs a program, wincat.exe, in the pause container. A HostProcess pod has no process there, so port forwarding fails. Newer versions connect to the port on the node.

Usually the port can be reached at the node's address instead. The rule reports a container that declares a port and listens on the loopback address only (an address flag contains 127.0.0.1 or localhost, or the port's hostIP does), because then only port-forward can reach it from outside.`,
		Outcome: OutcomeAdvice,
		Since:   "v0.1.0",
		Sources: []string{
			"https://github.com/containerd/containerd/blob/v1.7.16/pkg/cri/server/sandbox_portforward_windows.go#L33-L55",
		},
		Fix: "listen on the node's address, or use containerd 1.7.16 or newer",
	},
	when:  noPortForward,
	about: hasPorts,
	check: func(_ pod, c container) []problem {
		if len(c.Ports) == 0 || c.kind != regularContainer || !c.listensLocally() {
			return nil
		}
		return []problem{{field: "ports", message: "belongs to a program that listens on the loopback address, which kubectl port-forward can't reach before containerd 1.7.16"}}
	},
}

// listensLocally reports whether the container seems to listen on the loopback
// address only.
func (c container) listensLocally() bool {
	for i := range c.Ports {
		if isLoopback(c.Ports[i].HostIP) {
			return true
		}
	}
	for _, words := range [...][]string{c.Command, c.Args} {
		for _, word := range words {
			flag, value, _ := strings.Cut(word, "=")
			if !isLoopback(value) {
				continue
			}
			if flag = strings.ToLower(flag); strings.Contains(flag, "listen") || strings.Contains(flag, "bind") || strings.Contains(flag, "addr") {
				return true
			}
		}
	}
	return false
}

// isLoopback reports whether an address, with or without a port, is a loopback
// address.
func isLoopback(address string) bool {
	if address == "" {
		return false
	}
	for _, loopback := range [...]string{"127.0.0.1", "localhost", "[::1]", "::1"} {
		if rest, ok := strings.CutPrefix(address, loopback); ok && (rest == "" || rest[0] == ':') {
			return true
		}
	}
	return false
}
