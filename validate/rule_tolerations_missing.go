// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import "strings"

// tolerationsMissing: an agent for every node must tolerate the nodes' taints.
var tolerationsMissing = rule[workloadCheck]{
	Rule: Rule{
		ID:    "tolerations-missing",
		Title: "a system DaemonSet without tolerations has no pods on tainted nodes",
		Doc: `Windows nodes are often tainted to keep away Linux pods that don't select Linux, with os=windows, node.kubernetes.io/os=windows or another taint, because there is no common one. Nodes that start or shut down have taints of their own. A DaemonSet without tolerations has no pods on such nodes, and nothing reports it, because the pods don't exist. The DaemonSet controller adds tolerations only for conditions of a node, such as not-ready and disk-pressure.

The rule reports DaemonSets in the namespace kube-system, and those with the priority class system-node-critical or system-cluster-critical, which serve the node rather than an application. Tolerate your Windows nodes' taints; an agent that every node needs tolerates everything (operator: Exists).`,
		Outcome: OutcomeAdvice,
		Since:   "v0.1.0",
		Sources: []string{
			"https://github.com/kubernetes-csi/csi-driver-smb/commit/ca075d3e4ec3",
			"https://github.com/kubernetes-sigs/azuredisk-csi-driver/commit/d9ff73ec0544",
			"https://github.com/kubernetes-sigs/aws-ebs-csi-driver/commit/72249edad969",
			"https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/controller/daemon/util/daemonset_util.go",
		},
		Fix: "add tolerations to the pod; operator: Exists tolerates everything",
	},
	check: func(p pod, w workload) []problem {
		if w.daemonSet == nil || len(p.spec.Tolerations) > 0 ||
			w.daemonSet.Namespace != "kube-system" && !strings.HasPrefix(p.spec.PriorityClassName, "system-") {
			return nil
		}
		return []problem{{
			field:   "spec.template.spec.tolerations",
			message: "is empty: a Windows node with any taint gets no pod of this DaemonSet",
		}}
	},
}
