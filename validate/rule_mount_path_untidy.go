// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"

	"github.com/hostprocess-go/sdk/internal/winpath"
)

// mountPathUntidy: containerd cleans every mountPath.
var mountPathUntidy = rule[mountCheck]{
	Rule: Rule{
		ID:    "mount-path-untidy",
		Title: "a mountPath is cleaned before it is used",
		Doc: `containerd cleans every mountPath: it merges repeated separators and resolves "..". So the mount isn't at the path as written. .\\etc\\agent, with backslashes doubled in a YAML string without quotes, is mounted at C:\etc\agent.

The pod works. Write the path in its clean form, so that readers can compare it with the program's arguments. In YAML, backslashes are doubled only in double quotes.`,
		Outcome: OutcomeAdvice,
		Since:   "v0.1.0",
		Sources: []string{
			criMountsSource + "#L82-L90",
		},
		Fix: "write the path without repeated separators and without ..",
	},
	about: hasOddPath,
	check: func(_ pod, _ container, m mount) []problem {
		if m.refused() != "" || !untidy(m.MountPath) {
			return nil
		}
		return []problem{{
			field:   "mountPath",
			message: fmt.Sprintf("is %s, which the node cleans to %s", quoted(m.MountPath), quoted(m.at().Destination())),
			fix:     exact("write %s", m.at().Destination()),
		}}
	},
}

// untidy reports whether a path has two separators in a row, or a "..".
func untidy(path string) bool {
	if len(path) > 1 && path[1] == ':' {
		path = path[2:]
	}
	start := 0
	for i := 0; i <= len(path); i++ {
		if i < len(path) && !winpath.IsSeparator(path[i]) {
			continue
		}
		if name := path[start:i]; name == ".." || name == "" && 0 < i && i < len(path) {
			return true
		}
		start = i + 1
	}
	return false
}
