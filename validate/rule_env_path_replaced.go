// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// envPathReplaced: a PATH in the pod takes the place of the node's.
var envPathReplaced = rule[envCheck]{
	Rule: Rule{
		ID:    "env-path-replaced",
		Title: "a PATH without System32 hides the tools of Windows",
		Doc: `A PATH in the pod replaces the node's, whole. Nothing in it is expanded but the sandbox variable: neither %PATH% nor $env:PATH nor $(PATH) bring back what was there. Without C:\Windows\System32 in it, the process and all it starts don't find ipconfig, sc, netsh, curl and so on by their names.

The program of the container itself is found nevertheless on nodes without the bind filter: the shim looks in the directories of Windows too, and that of containerd 1.6 in its own PATH instead of the container's. With the bind filter it is cmd that looks for it, in the PATH of the container. What cmd, PowerShell or the program start is looked for in the PATH of the container everywhere. containerd 1.7 and newer append the container's root, the directory of PowerShell and that of WMI to any PATH; containerd 1.6 appends nothing, so that what it starts doesn't find powershell.exe either.

Append to the PATH in a script instead, or write the whole of it: C:\Windows\System32;C:\Windows;C:\Windows\System32\Wbem;C:\Windows\System32\WindowsPowerShell\v1.0\;… PATH in an image does the same, which can't be seen in a pod.`,
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
			message: fmt.Sprintf(`of %s is %s, which replaces the node's: the tools in C:\Windows\System32 are not found by name`, quoted(e.Name), quoted(e.Value)),
		}}
	},
}

// hasSystem32 reports whether a PATH has the directory of Windows' own tools in it.
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
