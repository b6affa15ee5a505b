// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/hostprocess-go/sdk/internal/cmdline"
)

// envPathSpoilt: the shim cuts off more of PATH than its name.
var envPathSpoilt = rule[envCheck]{
	Rule: Rule{
		ID:    "env-path-spoilt",
		Title: "the shim looks for the program in another PATH than the pod's",
		Doc: `On nodes with containerd 1.7 or newer and without the bind filter, the shim looks for the program of the container in the directories of the container's PATH. It means to cut the name off the variable, but cuts off all letters of it: from PATH=T:\tools it gets :\tools, because T is a letter of PATH, and from a variable that is spelled Path it gets ath=… with the first directory. So the first directory is not looked into. What the program itself starts is looked for in the right PATH.

Name the variable PATH, and let the first directory be one on drive C.`,
		Outcome: OutcomeDiffers,
		Since:   "v0.1.0",
		Sources: []string{
			searchSource,
			"https://github.com/microsoft/hcsshim/blob/v0.12.9/internal/exec/exec.go#L486-L512",
		},
		Fix: "name the variable PATH, and let its first directory be one on drive C",
	},
	when: fallbackMounts,
	check: func(_ pod, _ container, e *corev1.EnvVar) []problem {
		if len(e.Name) != len("PATH") || !strings.EqualFold(e.Name, "PATH") || e.Value == "" {
			return nil
		}
		shim := cmdline.Shim{Root: cmdline.BindRoot + `\id\`}
		if _, lost := shim.SearchPath(cmdline.Variable{Name: e.Name, Value: e.Value}); !lost {
			return nil
		}
		first, _, _ := strings.Cut(e.Value, ";")
		return []problem{{
			field:   "value",
			message: fmt.Sprintf("of %s starts with %s, where the shim doesn't look for the container's program: it cuts off a part of that directory with the name of the variable", quoted(e.Name), quoted(first)),
		}}
	},
}
