// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

// osSelectionMissing: without a selection, the pod can land on a Linux node.
var osSelectionMissing = rule[podCheck]{
	Rule: Rule{
		ID:    "os-selection-missing",
		Title: "the pod must select Windows nodes",
		Doc: `The scheduler doesn't know that a pod is for Windows: neither windowsOptions nor spec.os.name selects a node. Without a nodeSelector or a required node affinity for kubernetes.io/os: windows, the pod can be placed on a Linux node, where it stays: its image can't be pulled, or, with spec.os.name: windows, the kubelet rejects it. A DaemonSet creates such a pod on every Linux node.

A toleration for a taint of the Windows nodes allows the pod there but doesn't keep it away from other nodes. A node has to match only one term of a node affinity, so every term must name the operating system.

The rule reports nothing if the pod names one node (nodeName or kubernetes.io/hostname), or has a runtimeClassName, which can add a nodeSelector.`,
		Outcome: OutcomeDiffers,
		Since:   "v0.1.0",
		Sources: []string{
			docSource,
			"https://github.com/microsoft/retina/issues/2303",
			kubeletAdmissionSource + "#L297-L306",
		},
		Fix: "add kubernetes.io/os: windows to the nodeSelector",
	},
	about: selectsNodes,
	check: func(p pod) []problem {
		if p.spec.NodeName != "" || p.spec.RuntimeClassName != nil {
			return nil
		}
		s := p.osSelection()
		switch {
		case s.system != anySystem:
			return nil
		case s.loose != "":
			return []problem{{field: s.loose, message: "doesn't select Windows nodes, but one matching term is enough: the pod can be placed on a Linux node, where it fails"}}
		}
		return []problem{{field: selectorField, message: "doesn't select Windows nodes: unless taints keep the pod away, it can be placed on a Linux node, where it fails"}}
	},
}
