// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"

	appsv1 "k8s.io/api/apps/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

var deploymentSurgePorts = rule[workloadCheck]{
	Rule: Rule{
		ID:    "deployment-surge-ports",
		Title: "a Deployment with fixed ports needs a spare node for a rolling update",
		Doc: `On the host's network, the containers' ports are ports of the node, and the scheduler doesn't place a second pod with the same port on it. A rolling update that must not stop a pod before the new one is ready, which is the default for up to three replicas, needs a Windows node without a pod of the Deployment. If there is none, the update hangs with the new pod Pending.

With strategy Recreate, or maxUnavailable: 1, the old pod is stopped first.`,
		Outcome: OutcomeAdvice,
		Since:   "v0.1.0",
		Sources: []string{
			hostPortDefaultSource,
			"https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/scheduler/framework/plugins/nodeports/node_ports.go#L156-L170",
			"https://github.com/prometheus-community/windows_exporter/issues/1092",
		},
		Fix: "set strategy.type to Recreate, or rollingUpdate.maxUnavailable to 1 and maxSurge to 0",
	},
	check: func(p pod, w workload) []problem {
		if w.deployment == nil || w.deployment.Spec.Strategy.Type == appsv1.RecreateDeploymentStrategyType {
			return nil
		}
		port, ok := p.fixedPort()
		if !ok || !newBeforeOld(w.deployment) {
			return nil
		}
		return []problem{{
			field:   "spec.strategy",
			message: fmt.Sprintf("starts a new pod before it stops an old one, but the pod has port %d of its node: without a spare Windows node, the update hangs", port),
		}}
	},
}

// newBeforeOld reports whether a rolling update of a Deployment starts a new pod
// before it stops the first old one. If neither is allowed, one old pod is stopped.
func newBeforeOld(d *appsv1.Deployment) bool {
	replicas, surge, unavailable := 1, intstr.FromString("25%"), intstr.FromString("25%")
	if d.Spec.Replicas != nil {
		replicas = int(*d.Spec.Replicas)
	}
	if update := d.Spec.Strategy.RollingUpdate; update != nil {
		if update.MaxSurge != nil {
			surge = *update.MaxSurge
		}
		if update.MaxUnavailable != nil {
			unavailable = *update.MaxUnavailable
		}
	}
	return scaled(&surge, replicas, true) > 0 && scaled(&unavailable, replicas, false) == 0
}
