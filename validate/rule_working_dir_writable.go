// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import "fmt"

// workingDirWritable: cmd searches its working directory for programs.
var workingDirWritable = rule[containerCheck]{
	Rule: Rule{
		ID:    "working-dir-writable",
		Title: "the workingDir must not be writable for all users of the node",
		Doc: `On nodes with the bind filter, cmd starts the container's program. The shim, which looks for cmd, and cmd itself search the working directory first. In C:\ProgramData, in C:\Windows\Temp and below it, and in similar directories, every user of the node can create files, and so can influence what runs with the container's account.

Use a directory of the image (%CONTAINER_SANDBOX_MOUNT_POINT%), or a directory of the node that only administrators can write to.`,
		Outcome: OutcomeAdvice,
		Since:   "v0.1.0",
		Sources: []string{
			searchSource,
			jobSource + "#L338-L357",
		},
		Fix: "set workingDir to %CONTAINER_SANDBOX_MOUNT_POINT%, or a directory below it",
	},
	when:  bindMounts,
	about: hasWorkingDir,
	check: func(_ pod, c container) []problem {
		if c.WorkingDir == "" || newMountIndex(c).find(c.WorkingDir) >= 0 {
			return nil
		}
		for _, dir := range [...]string{`C:\Windows\Temp`, `C:\Temp`, `C:\tmp`, `C:\Users\Public`, `C:\ProgramData`} {
			// Programs that have a directory in ProgramData restrict the access to it.
			if same(c.WorkingDir, dir) || below(c.WorkingDir, dir) && dir != `C:\ProgramData` {
				return []problem{{
					field:   "workingDir",
					message: fmt.Sprintf("is %s, which is searched first for programs and where every user of the node can create files", quoted(c.WorkingDir)),
				}}
			}
		}
		return nil
	},
}
