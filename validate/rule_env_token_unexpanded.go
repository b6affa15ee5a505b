// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"

	"github.com/hostprocess-go/sdk/internal/cmdline"
)

// envTokenUnexpanded: early versions replace the sandbox variable in the command line only.
var envTokenUnexpanded = rule[envCheck]{
	Rule: Rule{
		ID:    "env-token-unexpanded",
		Title: "the sandbox variable is not replaced in values before containerd 1.6.7",
		Doc: `The node replaces %CONTAINER_SANDBOX_MOUNT_POINT% and $env:CONTAINER_SANDBOX_MOUNT_POINT with the container's root directory in the command line, in the workingDir, and since containerd 1.6.7 in the values of environment variables. On containerd 1.6.0 to 1.6.6, the program gets the text as it is.

Pass the path on the command line instead, where every version replaces it.`,
		Outcome: OutcomeDiffers,
		Since:   "v0.1.0",
		Sources: []string{
			"https://github.com/microsoft/hcsshim/blob/v0.9.3/internal/jobcontainers/jobcontainer.go",
			"https://github.com/microsoft/hcsshim/blob/v0.9.4/internal/jobcontainers/jobcontainer.go",
		},
		Fix: "pass the path on the command line, or use containerd 1.6.7 or newer",
	},
	when:  noEnvTokens,
	about: hasToken,
	check: func(_ pod, _ container, e *corev1.EnvVar) []problem {
		if !cmdline.HasToken(e.Value) {
			return nil
		}
		return []problem{{
			field:   "value",
			message: fmt.Sprintf("of %s is %s, which containerd before 1.6.7 doesn't replace: the program gets the text as it is", quoted(e.Name), quoted(e.Value)),
		}}
	},
}
