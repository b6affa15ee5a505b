// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"strings"

	"github.com/hostprocess-go/sdk/internal/cmdline"
)

// commandEncodedScript: -EncodedCommand takes base64 of UTF-16.
var commandEncodedScript = rule[commandCheck]{
	Rule: Rule{
		ID:    "command-encoded-script",
		Title: "-EncodedCommand takes base64 of UTF-16",
		Doc: `PowerShell decodes what follows -EncodedCommand, or -e, -ec and -enc, as base64 of UTF-16LE. What isn't base64 it refuses: the value must be Base64 encoded. What is UTF-8, as base64 on Linux makes it of a script, becomes other characters, and PowerShell knows no command of that name.

A script is easier to read, and its errors are text and not XML, behind -Command or in a file.`,
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
			return nil // something is put in its place
		case fault == cmdline.EncodingNoBase64:
			return []problem{{field: c.field(i), message: "is behind -EncodedCommand and isn't base64: PowerShell refuses it"}}
		case fault == cmdline.EncodingNoUTF16:
			return []problem{{field: c.field(i), message: "is behind -EncodedCommand and isn't the base64 of a script in UTF-16: PowerShell reads other characters"}}
		}
		return nil
	},
}
