// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"

	"github.com/hostprocess-go/sdk/internal/cmdline"
)

// commandQuotes: cmd removes the outer quotes of a line.
var commandQuotes = rule[commandCheck]{
	Rule: Rule{
		ID:    "command-quotes",
		Title: "cmd may remove the quotes around a program's path",
		Doc: `On nodes with the bind filter, the shim (hcsshim) runs every command line as "cmd /c LINE". LINE starts with a quote if the program's path has a space in it. cmd then keeps the quotes only if there are exactly two and none of & < > ( ) @ ^ | is between them. Otherwise it removes the first and the last quote of the line.

From "C:\Program Files\x.exe" "a b", cmd makes C:\Program Files\x.exe" "a b, and looks for a program C:\Program.

cmd documents this behavior. It has not been verified with HostProcess containers.`,
		Outcome:    OutcomeFails,
		Unverified: true,
		Since:      "v0.1.0",
		Sources: []string{
			cmdSource,
			jobSource + "#L338-L340",
			escapeSource,
		},
		Fix: "use a path without spaces for the program, or start it with powershell -Command",
	},
	when:  bindMounts,
	about: hasHostProgram,
	check: func(_ pod, _ container, c command) []problem {
		// Without its quotes, a whole line in one word works.
		if !c.StripsQuotes() || c.Quotes() == 2 && cmdline.HoldsLine(c.Command[0]) {
			return nil
		}
		line := c.String()
		return []problem{{
			field:   c.field(0),
			message: fmt.Sprintf("makes the line %s: nodes with the bind filter run it in cmd, which removes the first and last quote", quoted(line)),
		}}
	},
}
