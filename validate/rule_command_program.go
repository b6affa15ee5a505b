// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"

	"github.com/hostprocess-go/sdk/internal/cmdline"
)

var commandProgram = rule[commandCheck]{
	Rule: Rule{
		ID:    "command-program",
		Title: "the first word of a command must be the program alone",
		Doc: `A command is a list of words, and the runtime puts quotes around a word that has spaces. If the whole command line is in the first word, it becomes the name of one program: the shim (hcsshim) looks for a file named "powershell -Command ….exe", and the container doesn't start: "failed to get application name from commandline". The same happens with an empty word, and with quotes written around a path, which the runtime adds itself.

On nodes with the bind filter, cmd removes the quotes around a line that is a single word. There the command may work, as long as the word has no quotes inside and no other word follows.`,
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
			message: fmt.Sprintf("is %s, which %s: without the bind filter, the node finds no program with that name", quoted(c.Command[0]), reason),
		}}
	},
}
