// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

var emptyDirHugePages = rule[volumeCheck]{
	Rule: Rule{
		ID:      "empty-dir-huge-pages",
		Title:   "an emptyDir with medium: HugePages can't be used on Windows",
		Doc:     `An emptyDir with medium: HugePages needs a container in the pod that requests huge pages, and Windows nodes have none. With such a request, the pod is never scheduled. Without it, the kubelet doesn't set up the volume: "hugePages storage requested, but there is no resource request for huge pages".`,
		Outcome: OutcomeFails,
		Since:   "v0.1.0",
		Sources: []string{
			"https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/volume/emptydir/empty_dir.go#L362-L465",
			"https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/kubelet/cadvisor/cadvisor_windows.go",
		},
		Fix: "remove medium",
	},
	about: isOddVolume,
	check: func(_ pod, v *corev1.Volume) []problem {
		if v.EmptyDir == nil || !strings.HasPrefix(string(v.EmptyDir.Medium), string(corev1.StorageMediumHugePages)) {
			return nil
		}
		return []problem{{
			field:   "emptyDir.medium",
			kind:    notSupported,
			message: fmt.Sprintf("is %s, but Windows nodes have no huge pages: the pod doesn't start", quoted(v.EmptyDir.Medium)),
		}}
	},
}
