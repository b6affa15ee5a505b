// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import "fmt"

var mountPathDuplicate = rule[containerCheck]{
	Rule: Rule{
		ID:      "mount-path-duplicate",
		Title:   "mountPaths of a container must be unique",
		Doc:     `The API server compares a container's mountPaths and devicePaths byte by byte, and rejects the second of two equal ones. Paths that are equal only to Windows (/data and C:\Data) pass; see mount-collision.`,
		Outcome: OutcomeRejected,
		Since:   "v0.1.0",
		Sources: []string{
			validationSource + "#L3193-L3203",
		},
		Fix: "give each mount a path of its own",
	},
	about: mayOverlap,
	check: func(_ pod, c container) []problem {
		var problems []problem
		mountPath := func(i int) string { return c.VolumeMounts[i].MountPath }
		devicePath := func(i int) string { return c.VolumeDevices[i].DevicePath }
		mounts := newIndex(len(c.VolumeMounts), mountPath)
		devices := newIndex(len(c.VolumeDevices), devicePath)
		for i := range c.VolumeMounts {
			other := ""
			if j := mounts.find(mountPath(i), len(c.VolumeMounts), mountPath); j < i {
				other = fmt.Sprintf("volumeMounts[%d]", j)
			} else if j := devices.find(mountPath(i), len(c.VolumeDevices), devicePath); j >= 0 {
				other = fmt.Sprintf("volumeDevices[%d]", j)
			}
			if other != "" {
				problems = append(problems, problem{
					list:    "volumeMounts",
					index:   i,
					field:   "mountPath",
					message: fmt.Sprintf("is %s, the same as in %s: the API server rejects the pod", quoted(mountPath(i)), other),
				})
			}
		}
		return problems
	},
}
