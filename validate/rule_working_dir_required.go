// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

// workingDirRequired: containerd 1.6.34 starts nothing without it.
var workingDirRequired = rule[containerCheck]{
	Rule: Rule{
		ID:    "working-dir-required",
		Title: "containerd 1.6.34 needs a workingDir",
		Doc: `containerd 1.6.34 starts HostProcess containers in C:\hpc if neither the pod nor the image names a directory. On containerd 1.6 that means C:\C\<id>\hpc, which doesn't exist and isn't made, so the container doesn't start. 1.6.35 took the change back.

Set workingDir, to %CONTAINER_SANDBOX_MOUNT_POINT% for the root of the image; or use another containerd. A WORKDIR in the image helps as well, which can't be seen in a pod.`,
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
			message: `is not set: if the image doesn't set one either, the container would start in C:\hpc, which doesn't exist there, and fails`,
		}}
	},
}
