// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
)

// hostPathType: no file on Windows is a block device.
var hostPathType = rule[volumeCheck]{
	Rule: Rule{
		ID:      "host-path-type",
		Title:   "a hostPath of type BlockDevice never exists on a Windows node",
		Doc:     `With type: BlockDevice, the kubelet starts the pod only if there is a block device at the path. No file on Windows is one: Go reports every device there as a character device. So the pod stays in ContainerCreating: "hostPath type check failed".`,
		Outcome: OutcomeFails,
		Since:   "v0.1.0",
		Sources: []string{
			"https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/volume/hostpath/host_path.go#L468-L504",
			"https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/volume/util/hostutil/hostutil.go#L80-L111",
			"https://github.com/golang/go/blob/go1.24.0/src/os/types_windows.go",
		},
		Fix: "remove the volume: a HostProcess container can open the node's disks itself",
	},
	about: isOddVolume,
	check: func(_ pod, v *corev1.Volume) []problem {
		if v.HostPath == nil || v.HostPath.Type == nil || *v.HostPath.Type != corev1.HostPathBlockDev {
			return nil
		}
		return []problem{{field: "hostPath.type", message: fmt.Sprintf("is %s, which doesn't exist on Windows nodes: the pod stays in ContainerCreating", *v.HostPath.Type)}}
	},
}
