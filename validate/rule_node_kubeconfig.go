// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"
)

// nodeKubeconfig: a pod has an identity of its own.
var nodeKubeconfig = rule[containerCheck]{
	Rule: Rule{
		ID:    "node-kubeconfig",
		Title: "the kubeconfig of the node acts as the node",
		Doc: `A HostProcess container can read the kubeconfig of the kubelet, such as C:\k\config. Whoever uses it acts as the node (system:node:NAME), not as the pod's service account: with rights that nobody gave to the pod, and without those that its roles give, because the API server lets a node see only what concerns its own pods. And the file is where one way to set up a node has put it; other nodes have none there.

Use the configuration of the pod (client-go's InClusterConfig) and give its service account the rights that it needs. A program that is to do the node's own work, such as kube-proxy on some clusters, may have a reason to use the file.`,
		Outcome: OutcomeAdvice,
		Since:   "v0.1.0",
		Sources: []string{
			"https://github.com/kubernetes-sigs/azuredisk-csi-driver/commit/330182c29992",
			"https://github.com/kubernetes-sigs/azurefile-csi-driver/commit/0feab305ea47",
			"https://github.com/kubernetes/kubernetes/blob/v1.37.2/plugin/pkg/auth/authorizer/node/node_authorizer.go",
		},
		Fix: "remove the path, so that the program uses the pod's service account",
	},
	about: hasAbsolutePath,
	check: func(_ pod, c container) []problem {
		var problems []problem
		for t := range c.texts {
			if path := nodeKubeconfigIn(t.string); path != "" {
				problems = append(problems, t.problem(fmt.Sprintf("names %s, the kubeconfig of the node: what the program does with it, it does as the node", quoted(path)), ""))
			}
		}
		return problems
	},
}

// nodeKubeconfigIn returns the path of a node's kubeconfig in a text, or "".
func nodeKubeconfigIn(text string) string {
	for path := range pathText(text).absolutePaths {
		for _, config := range [...]string{`C:\k\config`, `C:\etc\kubernetes\kubelet.conf`, `C:\etc\kubernetes\bootstrap-kubelet.conf`, `C:\var\lib\kubelet\kubeconfig`} {
			if below(path, config) {
				return pathOnly(path)
			}
		}
	}
	return ""
}
