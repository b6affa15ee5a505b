// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"

	"github.com/hostprocess-go/sdk/internal/cmdline"
)

// commandQuotes: cmd removes quotes.
var commandQuotes = rule[commandCheck]{
	Rule: Rule{
		ID:    "command-quotes",
		Title: "the quotes around a program's path can get lost",
		Doc: `On nodes with the bind filter, hcsshim runs every command line as "cmd /c LINE". If LINE starts with a quote, because the path of the program has a blank in it, cmd keeps the quotes only if they are the only two, and if none of & < > ( ) @ ^ | is between them. Otherwise it removes the first and the last quote of the line.

Of "C:\Program Files\x.exe" "a b" that leaves C:\Program Files\x.exe" "a b, and cmd looks for a program C:\Program.

The removal is documented for cmd; that it happens here has not been tried.`,
		Outcome:    OutcomeFails,
		Unverified: true,
		Since:      "v0.1.0",
		Sources: []string{
			cmdSource,
			jobSource + "#L338-L340",
			escapeSource,
		},
		Fix: "name the program by a path without blanks, or start it by powershell -Command",
	},
	when:  bindMounts,
	about: hasHostProgram,
	check: func(_ pod, _ container, c command) []problem {
		// A whole line in one word is all the better for it.
		if !c.StripsQuotes() || c.Quotes() == 2 && cmdline.HoldsLine(c.Command[0]) {
			return nil
		}
		line := c.String()
		return []problem{{
			field:   c.field(0),
			message: fmt.Sprintf("is %s, which the runtime puts in quotes: of the line %s cmd, which runs it on nodes with the bind filter, removes the first and the last quote", quoted(c.Command[0]), quoted(line)),
		}}
	},
}
