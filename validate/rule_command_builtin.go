// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"
	"strings"
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
	when: symlinkMounts,
	check: func(_ pod, _ container, c command) []problem {
		word := c.program()
		if word == "" || !builtin(word) {
			return nil
		}
		return []problem{{
			field:   c.field(0),
			message: fmt.Sprintf("is %q, which is built into cmd: nodes without the bind filter look for a program of that name, and fail to start it", word),
		}}
	},
}

// builtin says whether a word is a command that only cmd has. Those that are a
// likely name of a program, such as pause, are left out.
func builtin(word string) bool {
	switch strings.ToLower(word) {
	case "assoc", "call", "cd", "chdir", "cls", "copy", "del", "dir", "echo", "erase", "exit", "for", "ftype",
		"goto", "if", "md", "mkdir", "mklink", "move", "popd", "pushd", "rd", "rem", "ren", "rename", "rmdir",
		"set", "setlocal", "title", "type", "ver", "vol":
		return true
	}
	return false
}
