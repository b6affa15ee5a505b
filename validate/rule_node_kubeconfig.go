// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"
)

// nodeKubeconfig: a pod has its own identity.
var nodeKubeconfig = rule[containerCheck]{
	Rule: Rule{
		ID:    "node-kubeconfig",
		Title: "a program with the node's kubeconfig acts as the node",
		Doc: `A HostProcess container can read the kubelet's kubeconfig, such as C:\k\config. A program that uses it acts as the node (system:node:NAME), not as the pod's service account: it has rights that nobody granted to the pod, and lacks those of the pod's roles, because the API server shows a node only what concerns its own pods. The file's path also depends on how the node was set up, so other nodes may not have it.

Use the pod's configuration (client-go's InClusterConfig), and grant its service account the rights it needs. A program that does the node's own work, such as kube-proxy on some clusters, may have a reason to use the file.`,
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
				problems = append(problems, t.problem(fmt.Sprintf("names %s, the node's kubeconfig: a program that uses it acts as the node, not as the pod's service account", quoted(path)), ""))
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
