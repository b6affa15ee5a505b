// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"strings"

	"github.com/hostprocess-go/sdk/volumes"
)

// envLiteralRoot: like command-literal-root, but for the environment.
var envLiteralRoot = rule[containerCheck]{
	Rule: Rule{
		ID:      "env-literal-root",
		Title:   "the container's root directory must not be hard-coded in an environment variable",
		Doc:     literalRootDoc + ` In the value of an environment variable, it does so from containerd 1.6.7 on.`,
		Outcome: OutcomeDiffers,
		Since:   "v0.1.0",
		Sources: []string{
			storageSource,
			jobSource + "#L290-L297",
			jobSource16 + "#L160-L168",
		},
		Fix: literalRootFix,
	},
	about: hasAbsolutePath,
	check: func(p pod, c container) []problem {
		var problems []problem
		mounts := newMountIndex(c)
		for i := range c.Env {
			if strings.EqualFold(c.Env[i].Name, volumes.SandboxVariable) {
				continue
			}
			if found, ok := pathText(c.Env[i].Value).literalRoot(p, mounts); ok {
				found.list, found.index, found.field = "env", i, "value"
				problems = append(problems, found)
			}
		}
		return problems
	},
}
