// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"

	"github.com/hostprocess-go/sdk/internal/nodes"
)

// portDuplicate: all containers share the node's ports.
var portDuplicate = rule[podCheck]{
	Rule: Rule{
		ID:    "port-duplicate",
		Title: "containers of a pod must not share a port",
		Doc: `A HostProcess pod uses the node's network, so each containerPort is a port of the node, and the API server sets hostPort to it. Two containers with the same port and protocol then have the same hostPort, and the API server rejects the pod: "Duplicate value". It accepts a DaemonSet or Deployment with such a template, because it sets no hostPort there, and then rejects each of its pods.

The API server doesn't compare the ports of sidecars (init containers with restartPolicy: Always) with those of other containers; there, the second program fails to listen. Other init containers have exited when the next one starts.`,
		Outcome: OutcomeFails,
		Since:   "v0.1.0",
		Sources: []string{
			validationSource + "#L3517-L3547",
			hostPortDefaultSource,
		},
		Fix: "give each port of the pod a different number",
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
					why := "on the host's network, the API server rejects the pod"
					if c.kind != owner.kind {
						why = "both would listen on the same port of the node, and the second fails"
					}
					problems = append(problems, problem{
						container: c,
						list:      "ports",
						index:     j,
						field:     "hostPort",
						message:   fmt.Sprintf("is %d, also a port of container %s: %s", key.Number, owner.Name, why),
					})
				case first != nil:
					first[key] = c
				}
			}
		}
		return problems
	},
}

// staysForOthers reports whether a container runs at the same time as the others.
func (c container) staysForOthers() bool {
	return c.kind == regularContainer || c.kind == initContainer && nodes.IsSidecar(c.Container)
}

// firstWithPort returns the first container with a port that precedes the j-th port of a
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
