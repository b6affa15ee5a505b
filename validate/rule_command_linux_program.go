// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"
	"strings"

	"github.com/hostprocess-go/sdk/internal/cmdline"
)

// commandLinuxProgram: Windows has no cp, sleep or cat.
var commandLinuxProgram = rule[commandCheck]{
	Rule: Rule{
		ID:    "command-linux-program",
		Title: "the command is a Linux program that Windows doesn't have",
		Doc: `cp, sleep, cat and similar commands are Linux programs that Windows doesn't have, and export and source are builtins of a Linux shell. The command works only if the image has such a program in its root directory, or if it is installed on the node, which this rule can't check.

PowerShell has commands of its own named cp, mv, rm, ls, cat, sleep, kill, ps, tee and, in Windows PowerShell, wget. They work in its scripts, but take other arguments.

On nodes with the bind filter, cmd starts and exits with an error: "is not recognized as an internal or external command". On the others, the container doesn't start: "failed to find executable".`,
		Outcome:    OutcomeFails,
		Unverified: true,
		Since:      "v0.1.0",
		Sources: []string{
			searchSource,
			jobSource + "#L321-L340",
			"https://github.com/PowerShell/PowerShell/blob/v7.4.6/src/System.Management.Automation/engine/InitialSessionState.cs",
		},
		Fix: "use the Windows program or the PowerShell command for the job",
	},
	about: hasHostProgram,
	check: func(_ pod, _ container, c command) []problem {
		if !c.hasName(isLinuxProgram) {
			return nil
		}
		var found []problem
		look := func(i int, word string) bool {
			instead := insteadOf(word)
			if instead == "" {
				return true
			}
			if i > 0 && c.Shell() == cmdline.PowerShell {
				if isPowerShellAlias(word) {
					return true
				}
				instead = strings.Replace(instead, "powershell, -Command and ", "", 1)
			}
			found = []problem{{
				field:   c.field(i),
				message: fmt.Sprintf("runs %s, which Windows doesn't have: unless the image has such a program, the command fails", quoted(word)),
				fix:     instead,
			}}
			return false
		}
		for i, word := range c.Programs {
			if !look(i, word) {
				return found
			}
		}
		for s := range c.startedLater {
			if !look(s.word, s.text) {
				return found
			}
		}
		return nil
	},
}

func isLinuxProgram(name string) bool { return insteadOf(name) != "" }

// insteadOf returns what to use instead of a command that only Linux has, or "" for
// any other word.
func insteadOf(word string) string {
	switch strings.TrimSuffix(word, ".exe") {
	case "cp":
		return "write powershell, -Command and Copy-Item FROM TO"
	case "mv":
		return "write powershell, -Command and Move-Item FROM TO"
	case "rm":
		return "write powershell, -Command and Remove-Item PATH"
	case "ls":
		return "write powershell, -Command and Get-ChildItem PATH"
	case "cat":
		return "write powershell, -Command and Get-Content PATH"
	case "sleep":
		return "write powershell, -Command and Start-Sleep SECONDS"
	case "tail":
		return "write powershell, -Command and Get-Content PATH -Tail 10 -Wait"
	case "head":
		return "write powershell, -Command and Get-Content PATH -TotalCount 10"
	case "touch":
		return "write powershell, -Command and New-Item PATH"
	case "ln":
		return "write powershell, -Command and New-Item -ItemType SymbolicLink PATH -Target TARGET"
	case "chmod", "chown":
		return "remove the command: Windows files have access control lists, which icacls.exe changes"
	case "grep", "sed", "awk":
		return "use findstr.exe, or PowerShell's Select-String and -replace"
	case "which":
		return "write where.exe"
	case "export":
		return "set the variable in the container's env"
	case "source":
		return "write powershell, -Command and a dot in front of the script"
	case "sudo", "nohup":
		return "remove it: runAsUserName sets the account, and the container runs until its program exits"
	case "env", "printenv":
		return "write powershell, -Command and Get-ChildItem env:"
	case "wget":
		return "write curl.exe, which Windows has"
	case "kill", "pkill", "killall":
		return "write taskkill.exe with /PID or /IM, or powershell, -Command and Stop-Process"
	case "ps", "pgrep":
		return "write tasklist.exe, or powershell, -Command and Get-Process"
	case "nsenter", "chroot":
		return "remove it: a HostProcess container already runs on the node and sees its files"
	case "xargs", "modprobe", "sysctl", "journalctl", "tee", "uname", "systemctl", "iptables", "apt-get", "apk", "yum":
		return "use the Windows or PowerShell counterpart"
	}
	return ""
}

// isPowerShellAlias reports whether Windows PowerShell has a command of its own by a
// name that is a program on Linux.
func isPowerShellAlias(word string) bool {
	switch word {
	case "cp", "mv", "rm", "ls", "cat", "sleep", "tee", "kill", "ps", "wget":
		return true
	}
	return false
}
