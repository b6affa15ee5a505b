// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"
	"strings"

	"github.com/hostprocess-go/sdk/internal/cmdline"
)

// commandVariable: only cmd expands %NAME%.
var commandVariable = rule[commandCheck]{
	Rule: Rule{
		ID:      "command-variable",
		Title:   "%NAME% in a command is not expanded without the bind filter",
		Doc:     `The runtime replaces %CONTAINER_SANDBOX_MOUNT_POINT% in a command line, and no other variable. On nodes with the bind filter, the line runs in cmd, which expands every %NAME%. On the others, the program gets the text as it is, and takes %ProgramData% for the name of a directory.`,
		Outcome: OutcomeDiffers,
		Since:   "v0.1.0",
		Sources: []string{
			jobSource + "#L317-L340",
			jobSource16 + "#L166-L168",
		},
		Fix: "run the program with cmd /c, or write $(NAME) for a variable from the container's env",
	},
	when:  symlinkMounts,
	about: hasReference,
	check: func(_ pod, _ container, c command) []problem {
		if c.Shell() == cmdline.CmdShell {
			return nil
		}
		for i := range c.Len() {
			if name := percentVariable(c.Word(i)); name != "" {
				return []problem{{
					field:   c.field(i),
					message: fmt.Sprintf("is %s: nodes without the bind filter don't expand %s, so the program gets it as it is", quoted(c.Word(i)), quoted(name)),
				}}
			}
		}
		return nil
	},
}

// percentVariable returns the first %NAME% in a text whose name is that of a
// variable other than the sandbox variable.
func percentVariable(text string) string {
	_, rest, more := strings.Cut(text, "%")
	for more {
		var name string
		if name, rest, more = strings.Cut(rest, "%"); more && isVariable(name) {
			return "%" + name + "%"
		}
	}
	return ""
}

// isVariable reports whether a name may be that of an environment variable. Names of
// one letter don't count: they are parts of a date's format.
func isVariable(name string) bool {
	if len(name) < 2 || !cmdline.IsLetter(name[0]) || len(name) > 10 && strings.EqualFold(name[:10], "container_") {
		return false
	}
	for i := range len(name) {
		if !cmdline.IsNameByte(name[i]) && name[i] != '(' && name[i] != ')' || name[i] == '-' {
			return false
		}
	}
	return true
}
