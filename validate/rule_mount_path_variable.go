// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"

	"github.com/hostprocess-go/sdk/internal/cmdline"
)

var mountPathVariable = rule[mountCheck]{
	Rule: Rule{
		ID:    "mount-path-variable",
		Title: "variables in a mountPath are not replaced",
		Doc: `The runtime replaces %CONTAINER_SANDBOX_MOUNT_POINT% with the container's root directory in command lines, in the workingDir and in the values of environment variables. It replaces nothing in a mountPath, no shell reads it, and the kubelet expands $(NAME) only in a subPathExpr. So the text becomes part of a name: a mountPath of %CONTAINER_SANDBOX_MOUNT_POINT%\etc is mounted at a directory C:\%CONTAINER_SANDBOX_MOUNT_POINT%\etc, and $env:NAME contains a colon, which no name can have.

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
			message: fmt.Sprintf("is %s, but nothing replaces %s: the mount fails or is at a path with this text in its name", quoted(m.MountPath), quoted(name)),
			cause:   m.fault(),
		}}
	},
}

// pathVariable returns the first reference to a variable in a text that nothing
// expands: %NAME%, $(NAME), ${…} or $env:…, and the sandbox variable in any
// spelling. It returns "" if there is none.
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
