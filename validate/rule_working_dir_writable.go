// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import "fmt"

// workingDirWritable: cmd looks for programs where it starts.
var workingDirWritable = rule[containerCheck]{
	Rule: Rule{
		ID:    "working-dir-writable",
		Title: "the workingDir is a directory that every user of the node can write to",
		Doc: `On nodes with the bind filter cmd starts the program of the container, and both the shim, which looks for cmd, and cmd look into the working directory first. In a directory such as C:\Windows\Temp, or one below it, or C:\ProgramData every user of the node can make files, and so can have a say in what runs with the account of the container.

Use a directory of the image (%CONTAINER_SANDBOX_MOUNT_POINT%), or one of the node that only administrators can write to.`,
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
					message: fmt.Sprintf("is %s, where every user of the node can make files: programs are looked for there first", quoted(c.WorkingDir)),
				}}
			}
		}
		return nil
	},
}
