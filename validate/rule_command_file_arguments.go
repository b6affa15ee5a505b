// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"

	"github.com/hostprocess-go/sdk/internal/cmdline"
)

// commandFileArguments: -File takes a path.
var commandFileArguments = rule[commandCheck]{
	Rule: Rule{
		ID:      "command-file-arguments",
		Title:   "-File takes the path of a script and nothing else",
		Doc:     `What follows -File is the path of a script. PowerShell reads no command there: with ".\start.ps1; exit 1" or ".\start.ps1 -Verbose" as one word it looks for a file of that whole name, and ends: "The argument to the -File parameter does not exist". Arguments of the script are words of their own.`,
		Outcome: OutcomeFails,
		Since:   "v0.1.0",
		Sources: []string{
			"https://github.com/PowerShell/PowerShell/blob/v7.4.6/src/Microsoft.PowerShell.ConsoleHost/host/msh/CommandLineParameterParser.cs",
		},
		Fix: "write the arguments of the script as words of their own, or use -Command in place of -File",
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
			return []problem{{field: c.field(i), message: fmt.Sprintf("is %s, which PowerShell takes for the name of a file: there is none of that name", quoted(word))}}
		}
		return nil
	},
}
