// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

// workingDirRequired: containerd 1.6.34 starts nothing without a workingDir.
var workingDirRequired = rule[containerCheck]{
	Rule: Rule{
		ID:    "working-dir-required",
		Title: "workingDir must be set on containerd 1.6.34",
		Doc: `containerd 1.6.34 starts HostProcess containers in C:\hpc if neither the pod nor the image sets a directory. On containerd 1.6, that means C:\C\<id>\hpc, which doesn't exist and isn't created, so the container doesn't start. 1.6.35 reverted the change.

Set workingDir, to %CONTAINER_SANDBOX_MOUNT_POINT% for the root of the image, or use another version of containerd. A WORKDIR in the image also helps, but the rule can't see it.`,
		Outcome: OutcomeFails,
		Since:   "v0.1.0",
		Sources: []string{
			"https://github.com/containerd/containerd/pull/10361",
			"https://github.com/containerd/containerd/pull/10549",
			jobSource16 + "#L181-L200",
		},
		Fix: "set workingDir to %CONTAINER_SANDBOX_MOUNT_POINT%",
	},
	when:  noStartWithoutWorkingDir,
	about: hasWorkingDir,
	check: func(_ pod, c container) []problem {
		if c.WorkingDir != "" {
			return nil
		}
		return []problem{{
			field:   "workingDir",
			kind:    required,
			message: `is not set: unless the image sets one, containerd 1.6.34 uses C:\hpc, which is missing there, and the container fails`,
		}}
	},
}
