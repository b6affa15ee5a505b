// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

// envMountPath: like command-mount-path, but for the environment.
var envMountPath = rule[containerCheck]{
	Rule: Rule{
		ID:    "env-mount-path",
		Title: "a variable can't refer to a mount by its mountPath without the bind filter",
		Doc: mountPathDoc + `

In the value of an environment variable, the runtime replaces it from containerd 1.6.7 on. All of this also applies to the service account's files. The rule doesn't report a variable that a command uses as %CONTAINER_SANDBOX_MOUNT_POINT%\$(NAME). It can't see whether the program itself puts the root in front; if that is likely, env-mount-directory reports the variable instead.`,
		Outcome: OutcomeDiffers,
		Since:   "v0.1.0",
		Sources: []string{mountsSource16, mountsSource, jobSource + "#L290-L297", docSource},
		Fix:     "put %CONTAINER_SANDBOX_MOUNT_POINT% in front of the path",
	},
	when:  symlinkMounts,
	about: hasAbsolutePath,
	check: func(p pod, c container) []problem {
		var problems []problem
		mounts, joined, namesRoot := newMountIndex(c), c.behindRoot(c.variables()), c.namesRoot()
		for i := range c.Env {
			value := c.Env[i].Value
			if joined[c.Env[i].Name] {
				continue
			}
			if mountPath, ok := pathText(value).mountReference(p, mounts); ok {
				if value == mountPath && namesRoot {
					continue // env-mount-directory
				}
				problems = append(problems, problem{list: "env", index: i, field: "value", message: mountPathMessage(value, mountPath)})
			} else if pathText(value).serviceAccountReference() {
				problems = append(problems, problem{list: "env", index: i, field: "value", message: serviceAccountMessage(value)})
			}
		}
		return problems
	},
}
