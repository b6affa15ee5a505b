// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"

	"github.com/hostprocess-go/sdk/internal/cmdline"
)

// commandBuiltin: echo is no program.
var commandBuiltin = rule[commandCheck]{
	Rule: Rule{
		ID:    "command-builtin",
		Title: "a command of cmd is no program without the bind filter",
		Doc: `echo, mkdir, copy and the like are no programs on Windows; cmd has them built in. With the bind filter every command line goes through cmd, and they work. Without it hcsshim looks for a program of that name, and the container or the hook fails: "failed to find executable".

Only an image that brings an echo.exe in its root makes the difference; a pod can't tell.`,
		Outcome:    OutcomeFails,
		Unverified: true,
		Since:      "v0.1.0",
		Sources: []string{
			searchSource,
			jobSource + "#L338-L347",
			jobSource16 + "#L204-L207",
		},
		Fix: "put cmd and /c in front",
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
			message: fmt.Sprintf("is %s, which is built into cmd: nodes without the bind filter look for a program of that name, and fail to start it", quoted(word)),
		}}
	},
}
