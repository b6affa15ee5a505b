// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"
)

var volumeDevicesUnsupported = rule[containerCheck]{
	Rule: Rule{
		ID:    "volume-devices-unsupported",
		Title: "volumeDevices are not supported on Windows",
		Doc: `A Windows container can't have a raw block device. The API server accepts volumeDevices, but the kubelet implements them for Linux only ("AttachFileDevice not supported for this build"), so the volume is never set up, and the pod hangs in ContainerCreating.

Use a PersistentVolumeClaim with volumeMode: Filesystem and a volumeMount. A HostProcess container can also open the node's disk itself, as \\.\PhysicalDrive0, if its account has the rights.`,
		Outcome: OutcomeFails,
		Since:   "v0.1.0",
		Sources: []string{
			"https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/volume/util/volumepathhandler/volume_path_handler_unsupported.go#L27-L43",
		},
		Fix: "use a volume with volumeMode: Filesystem and a volumeMount",
	},
	about: mayOverlap,
	check: func(_ pod, c container) []problem {
		var problems []problem
		for i := range c.VolumeDevices {
			problems = append(problems, problem{
				list:    "volumeDevices",
				index:   i,
				kind:    forbidden,
				message: fmt.Sprintf("requests the block device %s, which the kubelet can't give to a Windows container: the pod doesn't start", quoted(c.VolumeDevices[i].Name)),
			})
		}
		return problems
	},
}
