// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/hostprocess-go/sdk/internal/cmdline"
)

// envKubeconfig: kubectl in the container may use the node's identity.
var envKubeconfig = rule[commandCheck]{
	Rule: Rule{
		ID:    "env-kubeconfig",
		Title: "kubectl without --kubeconfig may use the node's kubeconfig",
		Doc: `The environment of a HostProcess container starts with that of its account on the node. Some node setups leave a machine-wide variable KUBECONFIG. kubectl in the container then reads that file and acts as the node (system:node:…) instead of the pod's service account, and the API server denies it what the service account may do.

Pass --kubeconfig, or set KUBECONFIG to a file of the pod. An empty value doesn't help; see env-empty.

The rule reports command lines that run kubectl without naming a kubeconfig. A program that uses client-go has the same problem, which the rule can't see.`,
		Outcome: OutcomeAdvice,
		Since:   "v0.1.0",
		Sources: []string{
			jobSource + "#L285-L297",
			"https://github.com/projectcalico/calico/issues/7445",
			"https://github.com/Azure/azure-container-networking/issues/1367",
		},
		Fix: "pass --kubeconfig, or set the variable KUBECONFIG to a file of the pod",
	},
	about: hasKube,
	check: func(_ pod, c container, line command) []problem {
		i := line.kubectl()
		if i < 0 || len(c.EnvFrom) > 0 || slices.ContainsFunc(c.Env, isKubeconfig) {
			return nil
		}
		return []problem{{
			field:   line.field(i),
			message: "runs kubectl without --kubeconfig: if the node sets KUBECONFIG, kubectl acts as the node, not as the pod's service account",
		}}
	},
}

// kubectl returns the index of the word that runs kubectl; -1 if none does or if
// the line names a kubeconfig.
func (c command) kubectl() int {
	found := -1
	for i, program := range c.Programs {
		if cmdline.IsNamed(program, "kubectl") {
			found = i
			break
		}
	}
	for i := 0; i < c.Len() && found < 0; i++ {
		if runsKubectl(c.Word(i)) {
			found = i
		}
	}
	if found < 0 {
		return -1
	}
	for i := range c.Len() {
		if strings.Contains(strings.ToLower(c.Word(i)), "kubeconfig") {
			return -1
		}
	}
	return found
}

// runsKubectl reports whether a script has a command of kubectl in it.
func runsKubectl(script string) bool {
	for _, name := range [...]string{"kubectl ", "kubectl.exe "} {
		if strings.Contains(script, name) {
			return true
		}
	}
	return false
}

func isKubeconfig(e corev1.EnvVar) bool {
	return strings.EqualFold(e.Name, "KUBECONFIG") && (e.Value != "" || e.ValueFrom != nil)
}
