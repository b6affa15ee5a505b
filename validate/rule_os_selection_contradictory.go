// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"
	"strings"
)

var osSelectionContradictory = rule[podCheck]{
	Rule: Rule{
		ID:    "os-selection-contradictory",
		Title: "the pod must not exclude Windows nodes",
		Doc: `The nodeSelector or the required node affinity matches no Windows node: it names another operating system, or misspells windows. The value of kubernetes.io/os is windows, in lower case.

The pod stays Pending, or is placed on a Linux node, where it fails. With nodeName, the scheduler isn't involved, but the kubelet of a Windows node rejects the pod with the reason NodeAffinity.`,
		Outcome: OutcomeFails,
		Since:   "v0.1.0",
		Sources: []string{
			"https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/kubelet/kubelet_node_status.go#L303-L315",
			"https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/scheduler/eventhandlers.go#L857-L878",
			"https://github.com/microsoft/retina/issues/2303",
		},
		Fix: "select kubernetes.io/os: windows, and nothing that excludes it",
	},
	about: selectsNodes,
	check: func(p pod) []problem {
		s := p.osSelection()
		if s.system != noWindows {
			return nil
		}
		const effect = "matches no Windows node: the pod can't run anywhere"
		if label, ok := strings.CutPrefix(s.contradiction, selectorField+"["); ok {
			value := p.spec.NodeSelector[strings.TrimSuffix(label, "]")]
			return []problem{{field: s.contradiction, message: fmt.Sprintf("is %s, which %s", quoted(value), effect)}}
		}
		return []problem{{field: s.contradiction, message: effect}}
	},
}
