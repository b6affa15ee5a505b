// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"

	appsv1 "k8s.io/api/apps/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

var daemonSetSurgePorts = rule[workloadCheck]{
	Rule: Rule{
		ID:      "daemon-set-surge-ports",
		Title:   "a DaemonSet with fixed ports can't use maxSurge",
		Doc:     `With maxSurge, a DaemonSet starts the new pod on a node before it stops the old one. On the host's network, the containers' ports are ports of the node: the API server makes each containerPort a hostPort, and the scheduler doesn't place a second pod with the same hostPort on the node. The new pod waits for the old one to go, the old one waits for the new one to be ready, and the update hangs forever.`,
		Outcome: OutcomeFails,
		Since:   "v0.1.0",
		Sources: []string{
			hostPortDefaultSource,
			"https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/scheduler/framework/plugins/nodeports/node_ports.go#L156-L170",
			"https://github.com/prometheus-community/windows_exporter/issues/1092",
		},
		Fix: "set maxSurge to 0 and maxUnavailable to 1",
	},
	check: func(p pod, w workload) []problem {
		if w.daemonSet == nil || w.daemonSet.Spec.UpdateStrategy.Type == appsv1.OnDeleteDaemonSetStrategyType {
			return nil
		}
		update := w.daemonSet.Spec.UpdateStrategy.RollingUpdate
		if update == nil || scaled(update.MaxSurge, 100, true) <= 0 {
			return nil
		}
		port, ok := p.fixedPort()
		if !ok {
			return nil
		}
		return []problem{{
			field:   "spec.updateStrategy.rollingUpdate.maxSurge",
			message: fmt.Sprintf("is %s, but the old and the new pod can't both have port %d of the node: the update hangs", quoted(update.MaxSurge.String()), port),
		}}
	},
}

// fixedPort returns a port of the node that only one pod at a time can have, if the
// pod declares one.
func (p pod) fixedPort() (int32, bool) {
	for c := range p.containers {
		if !c.staysForOthers() {
			continue
		}
		for _, port := range c.Ports {
			switch {
			case port.HostPort != 0:
				return port.HostPort, true
			case p.spec.HostNetwork && port.ContainerPort != 0:
				return port.ContainerPort, true
			}
		}
	}
	return 0, false
}

// scaled returns a number, or a percentage of a total; zero if neither is given or it
// can't be parsed.
func scaled(value *intstr.IntOrString, total int, up bool) int {
	if value == nil {
		return 0
	}
	n, err := intstr.GetScaledValueFromIntOrPercent(value, total, up)
	if err != nil {
		return 0
	}
	return n
}
