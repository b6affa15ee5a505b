// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"
	"strings"

	"github.com/hostprocess-go/sdk/internal/cmdline"
	"github.com/hostprocess-go/sdk/internal/winpath"
)

// sandboxVariableMangled: a tool has replaced part of the sandbox variable.
var sandboxVariableMangled = rule[containerCheck]{
	Rule: Rule{
		ID:    "sandbox-variable-mangled",
		Title: "only part of the sandbox variable is left, which nothing replaces",
		Doc: `The text has CONTAINER_SANDBOX_MOUNT_POINT in front of a path, but without the $env: or % that makes it a reference. Tools that replace variables in manifests cause this: envsubst without a list of names takes $env for a variable of its own and leaves :CONTAINER_SANDBOX_MOUNT_POINT/agent.exe. make and shells do similar things.

Pass envsubst the list of variables to replace, as in envsubst '$IMAGE', or write %CONTAINER_SANDBOX_MOUNT_POINT%, which these tools don't change.`,
		Outcome: OutcomeDiffers,
		Since:   "v0.1.0",
		Sources: []string{
			"https://github.com/Azure/azure-container-networking/pull/2564",
			jobSource + "#L757-L766",
		},
		Fix: "write %CONTAINER_SANDBOX_MOUNT_POINT%",
	},
	about: hasReference | hasSandboxName,
	check: func(_ pod, c container) []problem {
		var problems []problem
		for t := range c.texts {
			if left := mangledSandbox(t.string); left != "" {
				problems = append(problems, t.problem(fmt.Sprintf("has %s, which the runtime doesn't replace: the %% or $env: in front of the variable is missing", quoted(left)), ""))
			}
		}
		if left := mangledSandbox(c.WorkingDir); left != "" {
			problems = append(problems, problem{field: "workingDir", message: fmt.Sprintf("is %s, which the runtime doesn't replace: the %% or $env: in front of the variable is missing", quoted(c.WorkingDir))})
		}
		return problems
	},
}

// mangledSandbox returns the name of the sandbox variable before a separator, or of
// a percent sign and a separator, if nothing in front makes it a reference.
func mangledSandbox(text string) string {
	rest := text
	for {
		before, after, found := strings.Cut(rest, cmdline.SandboxVariable)
		if !found {
			return ""
		}
		rest = after
		path := strings.TrimPrefix(after, "%")
		if path == "" || !winpath.IsSeparator(path[0]) {
			continue
		}
		switch {
		case before == "", strings.HasSuffix(before, "env:") && !strings.HasSuffix(before, "$env:") && !strings.HasSuffix(before, "{env:"):
		case before[len(before)-1] == ':' && (len(before) == 1 || classOf[before[len(before)-2]]&startsPath != 0):
		case classOf[before[len(before)-1]]&startsPath != 0 && before[len(before)-1] != '{' && before[len(before)-1] != ':' && before[len(before)-1] != '(':
		default:
			continue
		}
		return cmdline.SandboxVariable + after[:len(after)-len(path)+1]
	}
}
