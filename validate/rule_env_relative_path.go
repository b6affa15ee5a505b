// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"

	"github.com/hostprocess-go/sdk/internal/winpath"
)

// envRelativePath: the working directory depends on the node.
var envRelativePath = rule[envCheck]{
	Rule: Rule{
		ID:      "env-relative-path",
		Title:   "a relative path in an environment variable requires a workingDir",
		Doc:     `A path such as .\etc\agent.json is relative to the working directory of the program that reads the variable. If the container sets no workingDir, that depends on the image and on the node: with the bind filter, the image's WORKDIR is taken for a directory of the node, and without a WORKDIR it is C:\ or the container's root, depending on the version of containerd. See command-relative-path.`,
		Outcome: OutcomeAdvice,
		Since:   "v0.1.0",
		Sources: []string{
			"https://github.com/Azure/azure-container-networking/commit/f4dd79c69a8f",
			jobSource + "#L240-L267",
			"https://github.com/containerd/containerd/commit/c7ea06a69",
		},
		Fix: "replace the dot with %CONTAINER_SANDBOX_MOUNT_POINT%, or set workingDir",
	},
	when:  bindMounts | startsBelowRoot,
	about: hasRelativePath,
	check: func(_ pod, c container, e *corev1.EnvVar) []problem {
		if c.WorkingDir != "" || !startsRelative(e.Value) {
			return nil
		}
		return []problem{{
			field:   "value",
			message: fmt.Sprintf("of %s is %s, a relative path, but no workingDir is set: where the path leads depends on the node", quoted(e.Name), quoted(e.Value)),
		}}
	},
}

// startsRelative reports whether a text starts with .\ or ..\ and a name.
func startsRelative(text string) bool {
	dots := 0
	for dots < len(text) && text[dots] == '.' {
		dots++
	}
	return (dots == 1 || dots == 2) && len(text) > dots+1 && winpath.IsSeparator(text[dots]) && !winpath.IsSeparator(text[dots+1])
}
