// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"
	"strings"

	"github.com/hostprocess-go/sdk/internal/cmdline"
)

// commandMetacharacter: cmd interprets & | < > ^ outside of quotes.
var commandMetacharacter = rule[commandCheck]{
	Rule: Rule{
		ID:    "command-metacharacter",
		Title: "cmd interprets & | < > ^ outside of quotes",
		Doc: `On nodes with the bind filter, the shim (hcsshim) runs every command line as "cmd /c LINE". It puts quotes only around words with spaces. In a word without spaces, & and | end the command, < and > redirect, and ^ is removed: a regular expression such as ^(a|b)$ pipes its first half into a program named b.

In a word with spaces these characters are safe, unless the word contains double quotes. The shim writes those as \", and cmd, which doesn't know the backslash, takes them for the end of the quoted part: in the script echo "a | b" the | pipes, in echo 'a | b' it doesn't.

A caret in front of such a character makes cmd pass it on. That is right only if all nodes have the bind filter, where the rule doesn't report it: on others the program gets the caret too.

The shim's code shows that it adds cmd. How cmd treats these characters is known for cmd in general, but has not been verified with HostProcess containers. A command that starts with cmd /c may use them, because the outer cmd then does what the inner one would have done, except after cd, set, if and for, which the outer cmd doesn't see.`,
		Outcome:    OutcomeFails,
		Unverified: true,
		Since:      "v0.1.0",
		Sources: []string{
			jobSource + "#L338-L340",
			escapeSource,
			cmdSource,
			e2eSource + "#L701",
		},
		Fix: "write a script as one word with spaces and with single quotes inside, and pass a value with such a character in a file or an environment variable",
	},
	when:  bindMounts,
	about: hasMetacharacter,
	check: func(p pod, _ container, c command) []problem {
		// On other nodes, a caret that escapes a character for cmd is passed to the program.
		carets := p.nodes&symlinkMounts == 0 && c.Shell() != cmdline.CmdShell
		i, j, ok := c.LiveAt(carets)
		if !ok || c.sharesMeaning(c.Word(i)[j]) {
			return nil
		}
		return []problem{{
			field:   c.field(i),
			message: fmt.Sprintf("is %s, with %s outside of quotes: nodes with the bind filter run the line in cmd, which %s", quoted(c.Word(i)), quoted(c.Word(i)[j:j+1]), meaning(c.Word(i)[j])),
		}}
	},
}

// meaning describes what cmd does at a metacharacter.
func meaning(c byte) string {
	switch c {
	case '&':
		return "starts another command there"
	case '|':
		return "pipes the output into another command there"
	case '<':
		return "reads the input from the file named after it"
	case '>':
		return "writes the output to the file named after it"
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
