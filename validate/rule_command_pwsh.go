// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"
	"strings"
)

// commandPwsh: Windows includes PowerShell 5.1 only.
var commandPwsh = rule[commandCheck]{
	Rule: Rule{
		ID:         "command-pwsh",
		Title:      "Windows nodes have powershell but not pwsh",
		Doc:        `Windows includes Windows PowerShell 5.1, powershell.exe. Many Windows images include PowerShell 7, pwsh.exe, but a HostProcess container finds the node's programs, and from its image only those in the root directory: pwsh elsewhere in the image is not on the PATH. This rule can't check whether pwsh is installed on the node or in the root of the image.`,
		Outcome:    OutcomeFails,
		Unverified: true,
		Since:      "v0.1.0",
		Sources: []string{
			"https://github.com/MicrosoftDocs/azure-docs/issues/101419",
			jobSource + "#L299-L315",
		},
		Fix: "use powershell, or write the path of pwsh.exe in the image after %CONTAINER_SANDBOX_MOUNT_POINT%",
	},
	about: hasHostProgram,
	check: func(_ pod, _ container, c command) []problem {
		for i, word := range c.Programs {
			if strings.EqualFold(word, "pwsh") || strings.EqualFold(word, "pwsh.exe") {
				return []problem{{
					field:   c.field(i),
					message: fmt.Sprintf("runs %s, which Windows doesn't include: unless it is installed on the node, the command fails", quoted(word)),
				}}
			}
		}
		return nil
	},
}
