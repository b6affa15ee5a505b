// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"
	"strings"

	"github.com/hostprocess-go/sdk/internal/cmdline"
)

// commandSlashPath: cmd takes a slash for the start of a switch.
var commandSlashPath = rule[commandCheck]{
	Rule: Rule{
		ID:    "command-slash-path",
		Title: "cmd splits a relative program at a slash",
		Doc: `On nodes with the bind filter, cmd starts every program. It takes a slash in the name of a program for the start of a switch, unless a drive is before it: bin/agent.exe runs a program bin with the argument /agent.exe, and ./agent.exe a program with the name of a dot: "'bin' is not recognized as an internal or external command". The container starts, because cmd does, and ends with exit code 1.

With backslashes, or with the whole path, as in %CONTAINER_SANDBOX_MOUNT_POINT%/bin/agent.exe, it works.`,
		Outcome: OutcomeFails,
		Since:   "v0.1.0",
		Sources: []string{
			jobSource + "#L338-L357",
			"https://github.com/democratic-csi/democratic-csi/issues/169",
			"https://github.com/democratic-csi/charts/commit/6c8e86342eb1",
			"https://github.com/npm/cli/issues/2880",
		},
		Fix: "write backslashes",
	},
	when:  bindMounts,
	about: hasHostProgram,
	check: func(_ pod, _ container, c command) []problem {
		i, word := c.CmdTarget()
		if !isRelative(word) || strings.HasPrefix(word, `\`) {
			return nil
		}
		slash := strings.IndexByte(word, '/')
		if slash <= 0 || strings.ContainsAny(word, " \t\"") {
			return nil
		}
		return []problem{{
			field:   c.field(i),
			message: fmt.Sprintf("is %s, which cmd splits at the slash: it looks for a program %s", quoted(word), quoted(word[:slash])),
			fix:     exact("write %s", cmdline.CmdToken+`\`+strings.ReplaceAll(strings.TrimPrefix(word, "./"), "/", `\`)),
		}}
	},
}
