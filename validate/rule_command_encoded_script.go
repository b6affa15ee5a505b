// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"strings"

	"github.com/hostprocess-go/sdk/internal/cmdline"
)

var commandEncodedScript = rule[commandCheck]{
	Rule: Rule{
		ID:    "command-encoded-script",
		Title: "-EncodedCommand takes base64-encoded UTF-16",
		Doc: `PowerShell decodes the argument of -EncodedCommand (or -e, -ec, -enc) as base64 of UTF-16LE text. If the argument isn't base64, PowerShell rejects it: "the value must be Base64 encoded". If it is base64 of UTF-8, which is what base64 on Linux produces from a script, PowerShell reads other characters and looks for a command of that name.

A script is easier to read after -Command or in a file, and its errors then are text instead of XML.`,
		Outcome: OutcomeFails,
		Since:   "v0.1.0",
		Sources: []string{
			powerShellExeSource,
			"https://github.com/PowerShell/PowerShell/blob/v7.4.6/src/Microsoft.PowerShell.ConsoleHost/host/msh/CommandLineParameterParser.cs",
		},
		Fix: "write -Command and the script itself, or encode it with iconv -t UTF-16LE | base64 -w 0",
	},
	about: hasHostProgram,
	check: func(_ pod, _ container, c command) []problem {
		i, fault := c.BadEncoding()
		switch {
		case fault == cmdline.EncodingNoBase64 && strings.ContainsAny(c.Word(i), "$%{}<>"):
			return nil // a template that something fills in
		case fault == cmdline.EncodingNoBase64:
			return []problem{{field: c.field(i), message: "is the argument of -EncodedCommand but isn't base64: PowerShell rejects it and runs nothing"}}
		case fault == cmdline.EncodingNoUTF16:
			return []problem{{field: c.field(i), message: "is the argument of -EncodedCommand but isn't base64 of UTF-16: PowerShell reads other characters and finds no such command"}}
		}
		return nil
	},
}
