// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"

	"github.com/hostprocess-go/sdk/internal/cmdline"
)

var commandFileArguments = rule[commandCheck]{
	Rule: Rule{
		ID:      "command-file-arguments",
		Title:   "the argument of -File must be the path of a script, and nothing else",
		Doc:     `PowerShell takes the whole argument of -File as the path of a script and runs no commands in it. With ".\start.ps1; exit 1" or ".\start.ps1 -Verbose" as one word, it looks for a file with that whole name and exits: "The argument to the -File parameter does not exist". Write the script's arguments as words of their own.`,
		Outcome: OutcomeFails,
		Since:   "v0.1.0",
		Sources: []string{
			"https://github.com/PowerShell/PowerShell/blob/v7.4.6/src/Microsoft.PowerShell.ConsoleHost/host/msh/CommandLineParameterParser.cs",
		},
		Fix: "write the script's arguments as words of their own, or use -Command instead of -File",
	},
	about: hasHostProgram,
	check: func(_ pod, _ container, c command) []problem {
		i, word := c.Script()
		if i == 0 || !c.RunsFile() {
			return nil
		}
		at := cmdline.IndexFold(word, "ps1")
		if at < 1 || word[at-1] != '.' {
			return nil
		}
		switch rest := word[at+len("ps1"):]; {
		case rest == "":
			return nil
		case rest[0] == ';' || rest[0] == ' ' || rest[0] == '|' || rest[0] == '&':
			return []problem{{field: c.field(i), message: fmt.Sprintf("is %s, all of which -File takes for the name of a file: PowerShell finds no such file and exits", quoted(word))}}
		}
		return nil
	},
}
