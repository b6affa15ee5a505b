// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

// imageEntrypoint: the rule can't see the image's entrypoint, but the pod can override it.
var imageEntrypoint = rule[containerCheck]{
	Rule: Rule{
		ID:    "image-entrypoint",
		Title: "the image's entrypoint and WORKDIR depend on the node",
		Doc: `Without a command, the image's entrypoint runs, and without a workingDir, it runs in the image's WORKDIR. Neither is in the pod, and both have another meaning than in ordinary containers. With the bind filter, absolute paths are paths of the node: an entrypoint C:\agent\agent.exe is a file of the node, and WORKDIR C:\agent is a directory of the node, created if it is missing, so an entrypoint relative to it isn't found either. Without the bind filter, WORKDIR is below the container's root directory (C:\C\<id>\agent). An entrypoint without a file extension doesn't run where cmd starts it; see command-extension.

An image made for HostProcess containers can have its program in its root directory, where every node finds it. With any image, set both command and workingDir in the pod, with %CONTAINER_SANDBOX_MOUNT_POINT%.`,
		Outcome: OutcomeAdvice,
		Since:   "v0.1.0",
		Sources: []string{
			"https://github.com/kubernetes/kubernetes/issues/112885",
			"https://github.com/kubernetes/kubernetes/issues/112651",
			"https://github.com/aws-observability/helm-charts/pull/26",
			"https://github.com/grafana/alloy/pull/6509",
			jobSource,
		},
		Fix: "set command and workingDir, with paths that start with %CONTAINER_SANDBOX_MOUNT_POINT%",
	},
	when:  bindMounts,
	about: hasWorkingDir,
	check: func(p pod, c container) []problem {
		if len(c.Command) > 0 || c.WorkingDir != "" || imageName(c.Image) == "pause" {
			return nil
		}
		place := "a directory of the node"
		if p.nodes&symlinkMounts != 0 {
			place = "below the container's root on some nodes and on the node itself on others"
		}
		return []problem{{field: "command", message: "is not set, nor is workingDir: the image's entrypoint runs in its WORKDIR, which is " + place}}
	},
}
