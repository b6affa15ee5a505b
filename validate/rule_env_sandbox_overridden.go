// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/hostprocess-go/sdk/volumes"
)

var envSandboxOverridden = rule[envCheck]{
	Rule: Rule{
		ID:      "env-sandbox-overridden",
		Title:   "CONTAINER_SANDBOX_MOUNT_POINT can't be overridden",
		Doc:     `The runtime sets CONTAINER_SANDBOX_MOUNT_POINT to the container's root directory, after all other variables and regardless of the pod. A value in the pod, in upper or lower case, has no effect.`,
		Outcome: OutcomeDiffers,
		Since:   "v0.1.0",
		Sources: []string{
			jobSource + "#L292-L297",
			"https://github.com/microsoft/hcsshim/blob/v0.12.9/internal/exec/exec.go#L486-L512",
		},
		Fix: "remove the variable",
	},
	about: hasKnownName,
	check: func(_ pod, _ container, e *corev1.EnvVar) []problem {
		if len(e.Name) != len(volumes.SandboxVariable) || !strings.EqualFold(e.Name, volumes.SandboxVariable) {
			return nil
		}
		return []problem{{
			field:   "name",
			message: fmt.Sprintf("is %s, which the runtime sets to the container's root: the value in the pod has no effect", quoted(e.Name)),
		}}
	},
}
