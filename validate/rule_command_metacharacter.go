// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"
	"strings"

	"github.com/hostprocess-go/sdk/internal/cmdline"
)

// commandMetacharacter: cmd gives & | < > ^ a meaning of its own.
var commandMetacharacter = rule[commandCheck]{
	Rule: Rule{
		ID:    "command-metacharacter",
		Title: "outside of quotes, & | < > ^ have a meaning for cmd",
		Doc: `On nodes with the bind filter, hcsshim runs every command line as "cmd /c LINE". It puts only words with blanks in quotes, so in a word without one & and | end the command, < and > redirect, and ^ is removed: a regular expression such as ^(a|b)$ pipes its first half into a program b.

In a word with blanks these characters are safe, unless the word has double quotes of its own. hcsshim writes those as \", and cmd, which knows no backslash, reads the end of the quoted part: in the script echo "a | b" the | is live, in echo 'a | b' it is not.

A caret in front of such a character makes cmd pass it on. That is right for nodes with the bind filter alone, because on others the caret gets to the program too; it is not reported there.

That hcsshim adds the cmd is certain. What cmd makes of the characters is known of cmd, but has not been tried with HostProcess containers. A cmd /c that the pod itself names may use them, because the outer cmd then does what the inner would have done; but not behind a cd, set, if or for, which the outer cmd doesn't see.`,
		Outcome:    OutcomeFails,
		Unverified: true,
		Since:      "v0.1.0",
		Sources: []string{
			jobSource + "#L338-L340",
			escapeSource,
			cmdSource,
			e2eSource + "#L701",
		},
		Fix: "write a script as one word with blanks and with single quotes inside, and hand over a value with such a character in a file or an environment variable",
	},
	when:  bindMounts,
	about: hasMetacharacter,
	check: func(p pod, _ container, c command) []problem {
		// A caret that is meant for cmd gets as far as the program on other nodes.
		carets := p.nodes&symlinkMounts == 0 && c.Shell() != cmdline.CmdShell
		i, j, ok := c.LiveAt(carets)
		if !ok || c.sharesMeaning(c.Word(i)[j]) {
			return nil
		}
		return []problem{{
			field:   c.field(i),
			message: fmt.Sprintf("is %s, where %s stands outside of quotes: cmd, which runs the line on nodes with the bind filter, %s", quoted(c.Word(i)), quoted(c.Word(i)[j:j+1]), meaning(c.Word(i)[j])),
		}}
	},
}

// meaning is what cmd does at a metacharacter.
func meaning(c byte) string {
	switch c {
	case '&':
		return "ends the command there and starts another"
	case '|':
		return "ends the command there and pipes its output into another"
	case '<':
		return "reads the input from a file named by what follows"
	case '>':
		return "writes the output into a file named by what follows"
	}
	return "removes it"
}

// sharesMeaning reports whether the pod names cmd itself, so that a metacharacter
// does the same whichever cmd reads it.
func (c command) sharesMeaning(metacharacter byte) bool {
	if c.Shell() != cmdline.CmdShell || metacharacter == '^' {
		return false
	}
	for i := 1; i+1 < c.Len(); i++ {
		if strings.EqualFold(c.Word(i), "/c") {
			switch strings.ToLower(c.Word(i + 1)) {
			case "cd", "chdir", "pushd", "popd", "set", "setlocal", "path", "if", "for":
				return false
			}
		}
	}
	return true
}
