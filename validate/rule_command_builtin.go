// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"

	"github.com/hostprocess-go/sdk/internal/cmdline"
)

var commandBuiltin = rule[commandCheck]{
	Rule: Rule{
		ID:    "command-builtin",
		Title: "a cmd builtin can't be started as a program without the bind filter",
		Doc: `echo, mkdir, copy and similar commands are not programs on Windows: cmd has them built in. On nodes with the bind filter, every command line runs in cmd, so they work. Without it, the shim (hcsshim) looks for a program with that name, and the container or the hook fails: "failed to find executable".

The command works without cmd only if the image has a program of that name, such as echo.exe, in its root directory, which this rule can't check.`,
		Outcome:    OutcomeFails,
		Unverified: true,
		Since:      "v0.1.0",
		Sources: []string{
			searchSource,
			jobSource + "#L338-L347",
			jobSource16 + "#L204-L207",
		},
		Fix: "put cmd and /c in front of the command",
	},
	when:  symlinkMounts,
	about: hasHostProgram,
	check: func(_ pod, _ container, c command) []problem {
		word := c.Program()
		if word == "" || !cmdline.IsBuiltin(word) {
			return nil
		}
		return []problem{{
			field:   c.field(0),
			message: fmt.Sprintf("is %s, which is built into cmd: nodes without the bind filter find no such program and fail to start it", quoted(word)),
		}}
	},
}
