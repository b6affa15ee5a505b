// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"

	"github.com/hostprocess-go/sdk/internal/nodes"
)

// portDuplicate: all containers share the ports of the node.
var portDuplicate = rule[podCheck]{
	Rule: Rule{
		ID:    "port-duplicate",
		Title: "two containers of the pod have the same port",
		Doc: `A HostProcess pod has the node's network, so each containerPort is a port of the node, and the API server sets hostPort to it. Two containers with the same port and protocol then have the same hostPort, and the API server refuses the pod: "Duplicate value". It accepts a DaemonSet or a Deployment with such a template, because there it sets no hostPort, and then refuses each of its pods.

The API server doesn't compare the ports of sidecars (init containers with restartPolicy: Always) with others; there the second program fails to listen. Other init containers have ended when the next one starts.`,
		Outcome: OutcomeFails,
		Since:   "v0.1.0",
		Sources: []string{
			validationSource + "#L3517-L3547",
			hostPortDefaultSource,
		},
		Fix: "give each port of the pod a number of its own",
	},
	about: hasPorts,
	check: func(p pod) []problem {
		if !p.spec.HostNetwork {
			return nil
		}
		count := 0
		for c := range p.containers {
			count += len(c.Ports)
		}
		if count < 2 {
			return nil
		}
		var problems []problem
		var first map[nodes.Port]container
		if count > few {
			first = make(map[nodes.Port]container, count)
		}
		for c := range p.containers {
			if !c.staysForOthers() {
				continue
			}
			for j := range c.Ports {
				key := nodes.PortOf(&c.Ports[j])
				owner, taken := first[key]
				if first == nil {
					owner, taken = p.firstWithPort(key, c, j)
				}
				switch {
				case taken:
					why := "on the host's network the API server refuses the pod"
					if c.kind != owner.kind {
						why = "both would listen on the same port of the node"
					}
					problems = append(problems, problem{
						container: c,
						list:      "ports",
						index:     j,
						field:     "hostPort",
						message:   fmt.Sprintf("%d is a port of container %s as well: %s", key.Number, owner.Name, why),
					})
				case first != nil:
					first[key] = c
				}
			}
		}
		return problems
	},
}

// staysForOthers reports whether a container runs while others do that have ports.
func (c container) staysForOthers() bool {
	return c.kind == regularContainer || c.kind == initContainer && nodes.IsSidecar(c.Container)
}

// firstWithPort finds the first container with a port that is before the j-th of a
// container.
func (p pod) firstWithPort(key nodes.Port, last container, j int) (container, bool) {
	for c := range p.containers {
		if !c.staysForOthers() {
			continue
		}
		for l := range c.Ports {
			if c.Container == last.Container && l >= j {
				return container{}, false
			}
			if nodes.PortOf(&c.Ports[l]) == key {
				return c, true
			}
		}
	}
	return container{}, false
}
