// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

// osSelectionMissing: nothing keeps the pod away from Linux nodes.
var osSelectionMissing = rule[podCheck]{
	Rule: Rule{
		ID:    "os-selection-missing",
		Title: "the pod must select Windows nodes",
		Doc: `The scheduler doesn't know that a pod is for Windows: neither windowsOptions nor spec.os.name choose a node. Without a nodeSelector or a required node affinity for kubernetes.io/os: windows the pod can be placed on a Linux node, where it stays: its image can't be pulled, or, with spec.os.name: windows, the kubelet refuses it. A DaemonSet makes such a pod on every Linux node.

A toleration for a taint of the Windows nodes lets the pod in there, but doesn't keep it away from others. Of the terms of a node affinity a node must match one only, so each of them must name the operating system.

Nothing is said where the pod names one node (nodeName, or kubernetes.io/hostname), or has a runtimeClassName, which can bring a nodeSelector with it.`,
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
			return []problem{{field: s.loose, message: "doesn't select Windows nodes, though another term does: a node needs to match only one, so the pod can be placed on a Linux node, where it fails"}}
		}
		return []problem{{field: selectorField, message: "doesn't select Windows nodes by kubernetes.io/os or a label that only they have: unless something else keeps the pod away, it can get to a Linux node, where it fails"}}
	},
}
