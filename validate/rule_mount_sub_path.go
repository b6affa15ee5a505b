// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"
	"strings"
)

var mountSubPath = rule[mountCheck]{
	Rule: Rule{
		ID:      "mount-sub-path",
		Title:   "subPath and subPathExpr must stay inside the volume",
		Doc:     `subPath and subPathExpr are paths inside the volume: relative, without ".." between slashes, and only one of the two may be set. The API server rejects anything else. It checks slashes only; a path with backslashes is rejected by the kubelet, see sub-path-backslash.`,
		Outcome: OutcomeRejected,
		Since:   "v0.1.0",
		Sources: []string{
			validationSource + "#L3205-L3216",
		},
		Fix: "write a relative path inside the volume, with slashes",
	},
	about: hasSubPath,
	check: func(_ pod, _ container, m mount) []problem {
		var problems []problem
		if m.SubPath != "" && m.SubPathExpr != "" {
			problems = append(problems, problem{field: "subPathExpr", message: "is set together with subPath: the API server accepts only one of the two"})
		}
		// The API server leaves the index out of these two fields.
		for _, p := range [...]struct{ field, path string }{{"subPath", m.SubPath}, {"subPathExpr", m.SubPathExpr}} {
			if reason := notDescending(p.path); reason != "" {
				problems = append(problems, problem{noIndex: true, field: p.field, message: fmt.Sprintf("is %s, %s: the API server rejects the pod", quoted(p.path), reason)})
			}
		}
		return problems
	},
}

// notDescending returns why a path doesn't stay below its start, or "" if it does.
func notDescending(path string) string {
	if strings.HasPrefix(path, "/") {
		return "an absolute path"
	}
	for rest, more := path, true; more; {
		var element string
		if element, rest, more = strings.Cut(rest, "/"); element == ".." {
			return "a path with .. in it"
		}
	}
	return ""
}
