// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import "fmt"

// commandNewline: cmd reads one line.
var commandNewline = rule[commandCheck]{
	Rule: Rule{
		ID:    "command-newline",
		Title: "a command can't have a newline in it",
		Doc: `On nodes with the bind filter, hcsshim runs every command line of a HostProcess container as "cmd /c LINE": the container's own, those of exec probes and lifecycle hooks, and those of kubectl exec. It puts words with blanks in quotes, but leaves newlines as they are, and cmd reads up to the first one.

So of a script in a YAML block, the way most people write a longer one, the first line runs, and the rest never does. The container may even be taken for a success. The same pod works on containerd 1.6, and that is how people meet it: with an update of the node. A newline at the very end is harmless.`,
		Outcome: OutcomeFails,
		Since:   "v0.1.0",
		Sources: []string{
			"https://github.com/containerd/containerd/issues/9942",
			jobSource + "#L338-L340",
			escapeSource,
		},
		Fix: "put the script into a ConfigMap and run it with powershell -File, or write it in one line with semicolons",
	},
	when:  bindMounts,
	about: hasNewline,
	check: func(_ pod, _ container, c command) []problem {
		i, j, ok := c.CutAt()
		if !ok {
			return nil
		}
		return []problem{{
			field:   c.field(i),
			message: fmt.Sprintf("has a newline behind %s: cmd, which runs the line on nodes with the bind filter, reads no further, and what follows never runs", quoted(c.Word(i)[:j])),
		}}
	},
}
