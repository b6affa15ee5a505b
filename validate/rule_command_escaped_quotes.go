// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"
	"strings"

	"github.com/hostprocess-go/sdk/internal/cmdline"
)

// commandEscapedQuotes: a quote reaches cmd with a backslash in front.
var commandEscapedQuotes = rule[commandCheck]{
	Rule: Rule{
		ID:    "command-escaped-quotes",
		Title: "cmd gets a double quote in a script with a backslash in front",
		Doc: `The shim (hcsshim) writes each double quote in a word as \". Programs read that as a quote when they split their arguments. cmd does not: it reads its line as it is, with the backslash as part of the text. So in cmd /c type "C:\Program Files\x.txt" the file name becomes \"C:\Program, set "NAME=value" sets a variable named \"NAME, and powershell -Command "…" after cmd /c prints a string instead of running it.

Write each argument as a word of its own, without quotes: the shim adds quotes to words with spaces. Or use powershell -Command with single quotes, or a script in the image or in a ConfigMap.

The shim's code shows the backslash. How cmd reads it is known for cmd in general, but has not been verified with HostProcess containers.`,
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
					message: fmt.Sprintf("is %s, but each double quote reaches cmd as \\\", with a backslash that cmd reads as text", quoted(word)),
				}}
			}
		}
		return nil
	},
}
