// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"math/bits"
	"strings"
)

// workingDirUnset: the default is not the same everywhere.
var workingDirUnset = rule[containerCheck]{
	Rule: Rule{
		ID:    "working-dir-unset",
		Title: "without a workingDir the container starts in different directories",
		Doc: `Where neither the pod nor the image names a working directory, it depends on the node: the container's root on containerd 1.6 and, with the bind filter, on 1.7.19 and newer; C:\ on containerd 1.7.0 to 1.7.18 with the bind filter; a new, empty directory hpc below the root on 1.7.19 and newer without it.

The rule reports a pod that is meant for nodes that differ in this. A program that uses relative paths then finds its files on some of them only.`,
		Outcome: OutcomeAdvice,
		Since:   "v0.1.0",
		Sources: []string{
			"https://github.com/containerd/containerd/commit/c7ea06a69bdf9147758353b4eb12bb78240fbda8",
			"https://github.com/containerd/containerd/blob/v1.7.19/pkg/cri/server/container_create_windows.go#L65-L72",
			"https://github.com/Azure/AKS/issues/4196",
			jobSource + "#L240-L267",
		},
		Fix: "set workingDir to %CONTAINER_SANDBOX_MOUNT_POINT%",
	},
	when:  startsInDriveRoot | startsBelowRoot,
	about: hasWorkingDir,
	check: func(p pod, c container) []problem {
		defaults := p.nodes & (startsInRoot | startsInDriveRoot | startsBelowRoot)
		if c.WorkingDir != "" || bits.OnesCount32(uint32(defaults)) < 2 {
			return nil
		}
		return []problem{{
			field:   "workingDir",
			message: "is not set: unless the image sets one, the node decides where the container starts: " + p.defaultDirs(),
		}}
	},
}

// defaultDirs says where a container starts on the pod's nodes if neither it nor its
// image names a directory.
func (p pod) defaultDirs() string {
	var dirs []string
	for _, start := range [...]struct {
		on  nodeSet
		dir string
	}{
		{startsInRoot, "in its root"},
		{startsInDriveRoot, `in C:\ with containerd 1.7.0 to 1.7.18`},
		{startsBelowRoot, "in an empty directory hpc below its root with containerd 1.7.19 or newer without the bind filter"},
	} {
		if p.nodes&start.on != 0 {
			dirs = append(dirs, start.dir)
		}
	}
	return strings.Join(dirs, ", ")
}
