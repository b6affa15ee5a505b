// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"

	"github.com/hostprocess-go/sdk/internal/cmdline"
)

// envMountDirectory: like env-mount-path, if the program may handle it.
var envMountDirectory = rule[containerCheck]{
	Rule: Rule{
		ID:    "env-mount-directory",
		Title: "a variable names a mount, so the program may have to add the container's root",
		Doc: mountPathDoc + `

Here the value is the mountPath itself, and the container's command uses the sandbox variable (CONTAINER_SANDBOX_MOUNT_POINT), so its author had both kinds of nodes in mind. Such programs often put the root in front of the directories they are given: Calico's do so with CNI_BIN_DIR and CNI_NET_DIR. If this program does, keep the value as it is. If not, it finds nothing on nodes without the bind filter.`,
		Outcome: OutcomeAdvice,
		Since:   "v0.1.0",
		Sources: []string{mountsSource16, mountsSource, jobSource + "#L290-L297", "https://github.com/projectcalico/calico/commit/1401e4a0d8"},
		Fix:     "put %CONTAINER_SANDBOX_MOUNT_POINT% in front of the path, unless the program does so itself",
	},
	when:  symlinkMounts,
	about: hasAbsolutePath,
	check: func(p pod, c container) []problem {
		if !c.namesRoot() {
			return nil
		}
		var problems []problem
		mounts := newMountIndex(c)
		for i := range c.Env {
			value := c.Env[i].Value
			if mountPath, ok := pathText(value).mountReference(p, mounts); ok && mountPath == value {
				problems = append(problems, problem{
					list:    "env",
					index:   i,
					field:   "value",
					message: fmt.Sprintf("is %s, the path of a mount: without the bind filter, the program must put the container's root in front of it", quoted(value)),
				})
			}
		}
		return problems
	},
}

// namesRoot reports whether the container's own command line refers to a program or a
// script with the sandbox variable.
func (c container) namesRoot() bool {
	for _, words := range [...][]string{c.Command, c.Args} {
		for _, word := range words {
			if cmdline.Token(word) != "" && cmdline.IsExecutable(word) {
				return true
			}
		}
	}
	return false
}
