// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

// imageEntrypoint: what is in the image can't be judged, but can be avoided.
var imageEntrypoint = rule[containerCheck]{
	Rule: Rule{
		ID:    "image-entrypoint",
		Title: "the image decides what runs and where, which nodes read in their own way",
		Doc: `Without a command the entrypoint of the image runs, and without a workingDir it runs in the image's WORKDIR. Neither is in the pod, and for a HostProcess container both mean something else than for other containers. With the bind filter, an absolute path is one of the node: an entrypoint C:\agent\agent.exe is a file of the node, and WORKDIR C:\agent a directory of the node, which is made if it is missing, so that an entrypoint which is relative to it isn't found either. Without the bind filter WORKDIR is below the container's root (C:\C\<id>\agent). An entrypoint without an extension doesn't run where cmd starts it; see command-extension.

An image that is made for HostProcess containers can name a program in its root, which is found everywhere. Naming command and workingDir in the pod, both by %CONTAINER_SANDBOX_MOUNT_POINT%, works with any image.`,
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
			place = "below the container's root on some of the nodes and a directory of the node on others"
		}
		return []problem{{field: "command", message: "is not set, nor is workingDir: the image's entrypoint runs in the image's WORKDIR, which is " + place}}
	},
}
