// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import "fmt"

// commandNewline: cmd reads a single line.
var commandNewline = rule[commandCheck]{
	Rule: Rule{
		ID:    "command-newline",
		Title: "a command can't contain a newline",
		Doc: `On nodes with the bind filter, the shim (hcsshim) runs every command line of a HostProcess container as "cmd /c LINE": the container's own, those of exec probes and lifecycle hooks, and those of kubectl exec. It puts quotes around words with spaces but leaves newlines as they are, and cmd stops reading at the first one.

So of a script in a YAML block, only the first line runs, and the container may even appear to succeed. The same pod works on containerd 1.6, so the failure usually shows up when a node is upgraded. A newline at the very end is harmless.`,
		Outcome: OutcomeFails,
		Since:   "v0.1.0",
		Sources: []string{
			"https://github.com/containerd/containerd/issues/9942",
			jobSource + "#L338-L340",
			escapeSource,
		},
		Fix: "put the script into a ConfigMap and run it with powershell -File, or write it on one line with semicolons",
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
			message: fmt.Sprintf("has a newline after %s: nodes with the bind filter run the line in cmd, which stops there, so the rest never runs", quoted(c.Word(i)[:j])),
		}}
	},
}
