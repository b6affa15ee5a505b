// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

// imageEntrypoint: what is in the image can't be judged, but can be avoided.
var imageEntrypoint = rule[containerCheck]{
	Rule: Rule{
		ID:    "image-entrypoint",
		Title: "the image decides what runs, and nodes read its WORKDIR differently",
		Doc: `Without a command the entrypoint of the image runs, and without a workingDir it runs in the image's WORKDIR. Neither is in the pod, and the second means another directory on each kind of node: without the bind filter an absolute WORKDIR is taken below the container's root (C:\app is C:\C\<id>\app), with it the same WORKDIR is a directory of the host, which is made if it is missing. An entrypoint that names its program relative to WORKDIR is found on one of them only.

The rule speaks of pods that are meant for both kinds of nodes. Naming command and workingDir in the pod, both by %CONTAINER_SANDBOX_MOUNT_POINT%, makes them the same everywhere.`,
		Outcome: OutcomeAdvice,
		Since:   "v0.1.0",
		Sources: []string{
			"https://github.com/kubernetes/kubernetes/issues/112885",
			jobSource,
		},
		Fix: "set command and workingDir, with paths that start with %CONTAINER_SANDBOX_MOUNT_POINT%",
	},
	about: hasWorkingDir,
	check: func(p pod, c container) []problem {
		if len(c.Command) > 0 || c.WorkingDir != "" || p.nodes&symlinkMounts == 0 || p.nodes&bindMounts == 0 {
			return nil
		}
		return []problem{{field: "command", message: "is not set, nor is workingDir: the image's entrypoint runs in the image's WORKDIR, which is below the container's root on some of the nodes and a directory of the host on others"}}
	},
}
