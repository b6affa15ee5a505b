// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package probes

import (
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/hostprocess-go/sdk/accounts"
	"github.com/hostprocess-go/sdk/hostprocess"
)

// otherArchitecture runs a pod on a node that isn't amd64.
func otherArchitecture() Probe {
	return Probe{
		Name:    "other-architecture",
		Claim:   "Every Windows node that can run HostProcess pods is amd64.",
		Settles: []string{"rule:architecture-selection", "rule:node-architecture"},
		Needs:   "a Windows node that isn't amd64",
		applies: func(n Node) string {
			if n.Architecture == "amd64" || n.Architecture == "" {
				return "the node is amd64, or doesn't report its architecture"
			}
			return ""
		},
		steps: func(n Node) []step {
			t := n.task(accounts.LocalService, control()).With(func(p hostprocess.Pod) hostprocess.Pod {
				return p.Edit(func(s *corev1.PodSpec) { s.NodeSelector[corev1.LabelArchStable] = n.Architecture })
			})
			return []step{{task: t, mayFail: true}}
		},
		judge: func(n Node, answers []Answer, j *judgement) {
			what := "a pod runs on a Windows node with " + n.Architecture
			switch a, c := answers[0], answers[0].control(); {
			case c.answered():
				j.is(false, what, "no", "yes")
			case c.ExitCode != nil, c.Reason != "" && c.Reason != unknown && c.Reason != statusUnknown:
				j.is(true, what, "no", strings.Join(notEmpty(c.problem(), a.problem()), ": "))
			default: // the node hasn't tried
				j.unclear(what, "no", strings.Join(notEmpty(c.problem(), a.problem()), ": "))
			}
		},
	}
}
