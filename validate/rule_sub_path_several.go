// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import "fmt"

// subPathSeveral: older kubelets release only the last subPath mount of a container.
var subPathSeveral = rule[containerCheck]{
	Rule: Rule{
		ID:      "sub-path-several",
		Title:   "several subPath mounts in a container keep the pod in Terminating",
		Doc:     `On Windows, the kubelet keeps the files and directories of subPath mounts open until the container has started. Before Kubernetes 1.37, it kept only one cleanup function per container, for the last such mount. The others stay open as long as the kubelet runs, so it can't remove their volumes, and the pod stays in Terminating forever.`,
		Outcome: OutcomeDiffers,
		Since:   "v0.1.0",
		Sources: []string{
			"https://github.com/kubernetes/kubernetes/pull/138367",
			"https://github.com/kubernetes/kubernetes/issues/112630",
			"https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/kubelet/kubelet_pods.go",
			kubeletPodsSource,
			"https://github.com/Azure/AKS/issues/4309",
		},
		Fix: "mount the volumes as a whole at directories of their own, or upgrade Kubernetes to 1.37",
	},
	when:  kubelet136,
	about: hasSubPath,
	check: func(_ pod, c container) []problem {
		first := noIndex
		for i := range c.VolumeMounts {
			m := &c.VolumeMounts[i]
			switch {
			case m.SubPath == "" && m.SubPathExpr == "":
			case first == noIndex:
				first = i
			default:
				return []problem{{
					list:    "volumeMounts",
					index:   i,
					message: fmt.Sprintf("has a subPath, like volumeMounts[%d]: kubelets before 1.37 release only the last one, and the pod stays in Terminating", first),
				}}
			}
		}
		return nil
	},
}
