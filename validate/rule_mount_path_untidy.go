// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"

	"github.com/hostprocess-go/sdk/internal/winpath"
)

// mountPathUntidy: what is mounted is the tidy form of the path.
var mountPathUntidy = rule[mountCheck]{
	Rule: Rule{
		ID:    "mount-path-untidy",
		Title: "a mountPath is tidied before it is used",
		Doc: `containerd cleans every mountPath: a separator that was doubled counts once, and ".." takes away the element before it. So the mount is not where the text says. .\\etc\\agent, with backslashes that were doubled for a YAML string without quotes, is mounted at C:\etc\agent.

The pod works. Write the path as it is used, so that others can compare it with what the program is told. In YAML a backslash needs no doubling but within double quotes.`,
		Outcome: OutcomeAdvice,
		Since:   "v0.1.0",
		Sources: []string{
			criMountsSource + "#L82-L90",
		},
		Fix: "write the path without doubled separators and without ..",
	},
	about: hasOddPath,
	check: func(_ pod, _ container, m mount) []problem {
		if m.refused() != "" || !untidy(m.MountPath) {
			return nil
		}
		return []problem{{
			field:   "mountPath",
			message: fmt.Sprintf("is %s, which is used as %s", quoted(m.MountPath), quoted(m.at().Destination())),
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
