// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"
)

// volumeDevicesUnsupported: there are no block devices on Windows.
var volumeDevicesUnsupported = rule[containerCheck]{
	Rule: Rule{
		ID:    "volume-devices-unsupported",
		Title: "volumeDevices are not supported on Windows",
		Doc: `A container on Windows can't get a raw block device. The API server accepts volumeDevices; the kubelet's part of it exists for Linux only ("AttachFileDevice not supported for this build"), so the volume is never set up and the pod hangs in ContainerCreating.

Use a PersistentVolumeClaim with volumeMode: Filesystem and a volumeMount. A HostProcess container can also open the disk of the node itself, as \\.\PhysicalDrive0, if its account may.`,
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
				message: fmt.Sprintf("asks for the block device %s: the kubelet can't give one to a container on Windows, and the pod doesn't start", quoted(c.VolumeDevices[i].Name)),
			})
		}
		return problems
	},
}
