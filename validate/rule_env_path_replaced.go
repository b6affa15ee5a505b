// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// envPathReplaced: a PATH in the pod replaces the node's.
var envPathReplaced = rule[envCheck]{
	Rule: Rule{
		ID:    "env-path-replaced",
		Title: "a PATH without System32 hides the Windows tools",
		Doc: `A PATH in the pod replaces the node's PATH completely. Only the sandbox variable is expanded in it: %PATH%, $env:PATH and $(PATH) don't restore the node's value. Without C:\Windows\System32, the process and everything it starts can't find ipconfig, sc, netsh, curl and so on by name.

The container's own program is still found on nodes without the bind filter: the shim (hcsshim) also searches the Windows directories, and on containerd 1.6 its own PATH instead of the container's. With the bind filter, cmd searches for the program in the container's PATH. On every node, the container's PATH is searched for what cmd, PowerShell or the program start. containerd 1.7 and newer append the container's root and the directories of PowerShell and WMI to any PATH; containerd 1.6 appends nothing, so even powershell.exe isn't found.

Append to the PATH in a script instead, or write the complete value: C:\Windows\System32;C:\Windows;C:\Windows\System32\Wbem;C:\Windows\System32\WindowsPowerShell\v1.0\;… A PATH in the image has the same effect, which the rule can't see.`,
		Outcome: OutcomeDiffers,
		Since:   "v0.1.0",
		Sources: []string{
			jobSource + "#L285-L316",
			"https://github.com/microsoft/hcsshim/blob/v0.12.9/internal/exec/exec.go#L486-L512",
			"https://github.com/kubernetes-sigs/sig-windows-tools/issues/210",
		},
		Fix: `add C:\Windows\System32 and C:\Windows to the value, or remove the variable`,
	},
	about: hasKnownName,
	check: func(_ pod, _ container, e *corev1.EnvVar) []problem {
		if len(e.Name) != len("PATH") || !strings.EqualFold(e.Name, "PATH") || e.Value == "" || hasSystem32(e.Value) {
			return nil
		}
		return []problem{{
			field:   "value",
			message: fmt.Sprintf(`of %s is %s, which replaces the node's: tools in C:\Windows\System32 can't be found by name`, quoted(e.Name), quoted(e.Value)),
		}}
	},
}

// hasSystem32 reports whether a PATH contains the directory of the Windows tools.
func hasSystem32(path string) bool {
	for rest, more := path, true; more; {
		var directory string
		directory, rest, more = strings.Cut(rest, ";")
		directory = strings.TrimRight(strings.Trim(directory, `" `), `\/`)
		if len(directory) > 1 && directory[1] == ':' && strings.EqualFold(strings.ReplaceAll(directory[2:], "/", `\`), `\Windows\System32`) {
			return true
		}
	}
	return false
}
