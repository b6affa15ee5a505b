// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"
	"strings"

	"github.com/hostprocess-go/sdk/internal/cmdline"
)

// commandSlashPath: cmd treats a slash as the start of a switch.
var commandSlashPath = rule[commandCheck]{
	Rule: Rule{
		ID:    "command-slash-path",
		Title: "cmd splits a relative program path at a slash",
		Doc: `cmd starts every program on nodes with the bind filter, and the programs after cmd /c on all nodes. It takes a slash in a program's name for the start of a switch, unless the path starts with a drive: bin/agent.exe runs a program named bin with the argument /agent.exe, and ./agent.exe runs a program named with a dot: "'bin' is not recognized as an internal or external command". Because cmd itself starts, the container starts, and exits with code 1.

Backslashes work, and so does a full path, as in %CONTAINER_SANDBOX_MOUNT_POINT%/bin/agent.exe.`,
		Outcome: OutcomeFails,
		Since:   "v0.1.0",
		Sources: []string{
			jobSource + "#L338-L357",
			"https://github.com/democratic-csi/democratic-csi/issues/169",
			"https://github.com/democratic-csi/charts/commit/6c8e86342eb1",
			"https://github.com/npm/cli/issues/2880",
		},
		Fix: "write backslashes instead of slashes",
	},
	about: hasHostProgram,
	check: func(_ pod, _ container, c command) []problem {
		when := bindMounts
		if c.Shell() == cmdline.CmdShell {
			when = 0 // the line runs cmd itself, on every node
		}
		i, word := c.CmdTarget()
		if slash := slashOfProgram(word); slash > 0 {
			return []problem{slashPath(c, i, word, slash, when, cmdline.CmdToken)}
		}
		if c.Shell() != cmdline.CmdShell {
			return nil
		}
		for s := range c.startedLater {
			if slash := slashOfProgram(s.text); slash > 0 {
				return []problem{slashPath(c, s.word, s.text, slash, when, ".")}
			}
		}
		return nil
	},
}

// slashOfProgram returns the index of the slash at which cmd splits a program, or
// zero.
func slashOfProgram(word string) int {
	if !isRelative(word) || word[0] == '\\' || strings.ContainsAny(word, " \t\"") {
		return 0
	}
	return max(strings.IndexByte(word, '/'), 0)
}

// slashPath returns the problem with a program that cmd splits; dir is what to write in the
// place of its directory.
func slashPath(c command, i int, word string, slash int, when nodeSet, dir string) problem {
	return problem{
		field:   c.field(i),
		when:    when,
		message: fmt.Sprintf("is %s, which cmd splits at the slash: it looks for a program named %s and fails", quoted(word), quoted(word[:slash])),
		fix:     exact("write %s", dir+`\`+strings.ReplaceAll(strings.TrimPrefix(word, "./"), "/", `\`)),
	}
}
