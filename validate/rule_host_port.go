// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import "fmt"

// hostPort: the host's network doesn't map ports.
var hostPort = rule[containerCheck]{
	Rule: Rule{
		ID:      "host-port",
		Title:   "hostPort must equal containerPort",
		Doc:     `On the host's network, nothing maps ports, so a hostPort that differs from its containerPort can't work. The API server rejects it for regular containers. Leave hostPort out: it defaults to containerPort.`,
		Outcome: OutcomeRejected,
		Since:   "v0.1.0",
		Sources: []string{
			validationSource + "#L4328-L4354",
		},
		Fix: "remove hostPort, or make it equal to containerPort",
	},
	about: hasPorts,
	check: func(p pod, c container) []problem {
		if c.kind != regularContainer || !p.spec.HostNetwork {
			return nil
		}
		field := "hostPort"
		if p.minor < 28 {
			field = "containerPort" // as API servers up to 1.27 reported it
		}
		var problems []problem
		for i, port := range c.Ports {
			if port.HostPort != 0 && port.HostPort != port.ContainerPort {
				problems = append(problems, problem{
					list:    "ports",
					index:   i,
					field:   field,
					message: fmt.Sprintf("doesn't match: hostPort is %d, but containerPort is %d, and on the host's network the API server rejects the pod", port.HostPort, port.ContainerPort),
				})
			}
		}
		return problems
	},
}
