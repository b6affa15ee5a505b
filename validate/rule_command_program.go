// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"

	"github.com/hostprocess-go/sdk/internal/cmdline"
)

// commandProgram: the first word is a program, and nothing else.
var commandProgram = rule[commandCheck]{
	Rule: Rule{
		ID:    "command-program",
		Title: "the first word of a command must be the program alone",
		Doc: `A command is a list of words. The runtime puts each of them in quotes where it has blanks, so that a whole command line in the first word becomes the name of one program: hcsshim looks for a file "powershell -Command ….exe", and the container doesn't start: "failed to get application name from commandline". The same goes for an empty word, and for quotes written around a path, which the runtime adds itself.

On nodes with the bind filter the line goes to cmd, which removes the quotes around a line that is one word. So there it may work, until the word has quotes inside or another word follows it.`,
		Outcome: OutcomeFails,
		Since:   "v0.1.0",
		Sources: []string{
			searchSource,
			escapeSource,
		},
		Fix: "write the program and each of its arguments as a word of its own, without quotes around them",
	},
	when:  symlinkMounts,
	about: hasHostProgram,
	check: func(_ pod, _ container, c command) []problem {
		if len(c.Command) == 0 {
			return nil
		}
		reason := cmdline.BadProgram(c.Command[0])
		if reason == "" {
			return nil
		}
		return []problem{{
			field:   c.field(0),
			message: fmt.Sprintf("is %s, which %s: nodes without the bind filter look for a program of that name, and fail to start it", quoted(c.Command[0]), reason),
		}}
	},
}
