// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"math/bits"
	"strings"
)

// workingDirUnset: the default working directory depends on the node.
var workingDirUnset = rule[containerCheck]{
	Rule: Rule{
		ID:    "working-dir-unset",
		Title: "without a workingDir, the container's directory depends on the node",
		Doc: `If neither the pod nor the image sets a working directory, the node decides: the container's root directory on containerd 1.6 and, with the bind filter, on 1.7.19 and newer; C:\ on containerd 1.7.0 to 1.7.18 with the bind filter; a new, empty directory hpc below the root on 1.7.19 and newer without the bind filter.

The rule reports a pod for nodes that differ in this. A program that uses relative paths finds its files on only some of them.`,
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
			message: "is not set: without a WORKDIR in the image, the container starts " + p.defaultDirs(),
		}}
	},
}

// defaultDirs describes where a container starts on the pod's nodes if neither it nor
// its image sets a directory.
func (p pod) defaultDirs() string {
	var dirs []string
	for _, start := range [...]struct {
		on  nodeSet
		dir string
	}{
		{startsInRoot, "in its root"},
		{startsInDriveRoot, `in C:\ (containerd 1.7.0 to 1.7.18)`},
		{startsBelowRoot, "in an empty directory below its root (containerd 1.7.19+ without the bind filter)"},
	} {
		if p.nodes&start.on != 0 {
			dirs = append(dirs, start.dir)
		}
	}
	return strings.Join(dirs, " or ")
}
