// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"
	"strings"

	"github.com/hostprocess-go/sdk/internal/cmdline"
)

// commandEscapedQuotes: a quote reaches cmd with a backslash.
var commandEscapedQuotes = rule[commandCheck]{
	Rule: Rule{
		ID:    "command-escaped-quotes",
		Title: "a quote in a script of cmd gets a backslash",
		Doc: `hcsshim writes each double quote of a word as \", which programs read as a quote when they take their arguments apart. cmd does not: it gets its line as it is, and the backslash is a part of the text. In cmd /c type "C:\Program Files\x.txt" the file is then \"C:\Program, set "NAME=value" sets a variable \"NAME, and powershell -Command "…" behind cmd /c prints a string and runs nothing.

Write each argument as a word of its own, without quotes: hcsshim puts quotes around words that have blanks. Or use powershell -Command with single quotes, or a script of the image or a ConfigMap.

That hcsshim adds the backslash is certain. What cmd makes of it is known of cmd, but has not been tried with HostProcess containers.`,
		Outcome:    OutcomeDiffers,
		Unverified: true,
		Since:      "v0.1.0",
		Sources: []string{
			escapeSource,
			cmdSource,
		},
		Fix: "write each argument as a word of its own, without quotes, or use powershell -Command with single quotes",
	},
	about: hasHostProgram,
	check: func(_ pod, _ container, c command) []problem {
		start := c.ScriptStart()
		if start == 0 || c.Shell() != cmdline.CmdShell {
			return nil
		}
		for i := start; i < c.Len(); i++ {
			word := c.Word(i)
			if strings.IndexByte(word, '"') >= 0 {
				return []problem{{
					field:   c.field(i),
					message: fmt.Sprintf("is %s, in which cmd gets each quote with a backslash before it", quoted(word)),
				}}
			}
		}
		return nil
	},
}
