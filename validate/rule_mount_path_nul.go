// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"

	"github.com/hostprocess-go/sdk/volumes"
)

var mountPathNUL = rule[mountCheck]{
	Rule: Rule{
		ID:      "mount-path-nul",
		Title:   "a mountPath can't contain a zero byte",
		Doc:     `No Windows function accepts a path with a zero byte. The shim (hcsshim), a Go program, gets an error when it passes the path to Windows ("invalid argument"), and the container doesn't start.`,
		Outcome: OutcomeFails,
		Since:   "v0.1.0",
		Sources: []string{
			mountsSource + "#L54-L60",
			"https://github.com/microsoft/hcsshim/blob/v0.12.9/internal/jobobject/jobobject.go#L493-L496",
			"https://github.com/golang/go/blob/go1.24.0/src/syscall/syscall_windows.go",
		},
		Fix: "remove the zero byte",
	},
	about: hasOddPath,
	check: func(_ pod, _ container, m mount) []problem {
		if m.refused() != volumes.ReasonNULByte {
			return nil
		}
		return []problem{{
			field:   "mountPath",
			message: fmt.Sprintf("is %s, which contains a zero byte: Windows accepts no such path, and the container doesn't start", quoted(m.MountPath)),
			cause:   m.fault(),
		}}
	},
}
