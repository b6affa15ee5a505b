// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"

	"github.com/hostprocess-go/sdk/internal/cmdline"
)

// mountPathVariable: nobody replaces variables in a mountPath.
var mountPathVariable = rule[mountCheck]{
	Rule: Rule{
		ID:    "mount-path-variable",
		Title: "no variable is replaced in a mountPath",
		Doc: `The runtime puts the container's root in the place of %CONTAINER_SANDBOX_MOUNT_POINT% in command lines, in the workingDir and in the values of variables. In a mountPath it replaces nothing, no shell reads it, and the kubelet expands $(NAME) in a subPathExpr only. So the text is part of a name: a mountPath of %CONTAINER_SANDBOX_MOUNT_POINT%\etc is mounted at a directory C:\%CONTAINER_SANDBOX_MOUNT_POINT%\etc, and $env:NAME has a colon that no name can have.

Every mountPath is below the container's root anyway: a mount at /etc is at %CONTAINER_SANDBOX_MOUNT_POINT%\etc on every node.`,
		Outcome: OutcomeDiffers,
		Since:   "v0.1.0",
		Sources: []string{
			kubeletPodsSource + "#L319-L326",
			kubeletPodsSource + "#L398-L402",
			criMountsSource + "#L82-L90",
			mountsSource + "#L25-L64",
		},
		Fix: "write the path without the variable",
	},
	about: hasOddPath,
	check: func(_ pod, _ container, m mount) []problem {
		name := pathText(m.MountPath).pathVariable()
		if name == "" {
			return nil
		}
		return []problem{{
			field:   "mountPath",
			message: fmt.Sprintf("is %s, in which nothing replaces %s: the mount is at a path with this very text in it, if it can be made at all", quoted(m.MountPath), quoted(name)),
			cause:   m.fault(),
		}}
	},
}

// pathVariable is the first reference to a variable in a text that nothing
// expands, or nothing: %NAME%, $(NAME), ${…} or $env:…, and the sandbox variable
// in any spelling.
func (t pathText) pathVariable() string {
	if start, end, found := cmdline.NextSandboxReference(string(t), 0); found {
		return string(t[start:end])
	}
	if name := percentVariable(string(t)); name != "" {
		return name
	}
	for i := 0; i+1 < len(t); i++ {
		if t[i] != '$' {
			continue
		}
		switch rest := t[i:]; {
		case rest[1] == '(' || rest[1] == '{':
			for end := 2; end < len(rest); end++ {
				if rest[end] == ')' || rest[end] == '}' {
					return string(rest[:end+1])
				}
			}
		case cmdline.HasPrefixFold(string(rest), "$env:"):
			end := len("$env:")
			for end < len(rest) && cmdline.IsNameByte(rest[end]) {
				end++
			}
			return string(rest[:end])
		}
	}
	return ""
}
