// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"
	"strings"
)

// commandPwsh: Windows comes with PowerShell 5.1.
var commandPwsh = rule[commandCheck]{
	Rule: Rule{
		ID:         "command-pwsh",
		Title:      "a Windows node has powershell, not pwsh",
		Doc:        `Windows comes with Windows PowerShell 5.1, powershell.exe. PowerShell 7, pwsh.exe, is in many Windows images, but a HostProcess container finds the programs of the node, and of its image only those in the root: elsewhere in the image pwsh is not on the PATH. Whether the node or the image has it, a pod can't tell.`,
		Outcome:    OutcomeFails,
		Unverified: true,
		Since:      "v0.1.0",
		Sources: []string{
			"https://github.com/MicrosoftDocs/azure-docs/issues/101419",
			jobSource + "#L299-L315",
		},
		Fix: "use powershell, or write the path of pwsh.exe in the image, behind %CONTAINER_SANDBOX_MOUNT_POINT%",
	},
	about: hasHostProgram,
	check: func(_ pod, _ container, c command) []problem {
		for i, word := range c.Programs {
			if strings.EqualFold(word, "pwsh") || strings.EqualFold(word, "pwsh.exe") {
				return []problem{{
					field:   c.field(i),
					message: fmt.Sprintf("runs %s, which Windows doesn't come with: unless somebody has installed it on the node, the command fails", quoted(word)),
				}}
			}
		}
		return nil
	},
}
