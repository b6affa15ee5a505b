// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"
	"strings"

	"github.com/hostprocess-go/sdk/internal/cmdline"
	"github.com/hostprocess-go/sdk/internal/winpath"
)

// commandExtension: cmd doesn't run a file without an extension.
var commandExtension = rule[commandCheck]{
	Rule: Rule{
		ID:    "command-extension",
		Title: "a program should be named with its file extension",
		Doc: `On nodes with the bind filter, cmd starts every program, and cmd doesn't run a file whose name has no extension. For agent it tries agent.com, agent.exe and so on. So the command works if the file in the image is agent.exe, and fails if it is agent, as in images built the same way for Linux. Kubernetes' own end-to-end tests copy their program to a name with .exe for this reason. containerd 1.6 runs both.

Because cmd itself starts, the failure is not a start error: the container starts and exits.`,
		Outcome: OutcomeDiffers,
		Since:   "v0.1.0",
		Sources: []string{
			e2eSource + "#L690-L701",
			jobSource + "#L338-L357",
			"https://github.com/kubernetes/kubernetes/issues/112651",
		},
		Fix: "name the file NAME.exe in the image, and write the extension in the command",
	},
	when:  bindMounts,
	about: hasHostProgram,
	check: func(_ pod, _ container, c command) []problem {
		i, word := c.CmdTarget()
		name := cmdline.Base(word)
		if name == "" || strings.ContainsAny(name, ".$%") || winpath.IsSeparator(word[0]) {
			return nil
		}
		if cmdline.IsBare(word) && (cmdline.IsBuiltin(word) || hostCommand(word) || insteadOf(word) != "") {
			return nil
		}
		return []problem{{
			field:   c.field(i),
			message: fmt.Sprintf("is %s, without an extension: nodes with the bind filter can run it only if the file is named %s", quoted(word), quoted(clip(name)+".exe")),
			fix:     exact("name the file %s in the image, and write the extension in the command", name+".exe"),
		}}
	},
}

// hostCommand reports whether a name without extension is that of a program which
// Windows or a Kubernetes node has, or that another rule is about.
func hostCommand(word string) bool {
	switch strings.ToLower(word) {
	case "powershell", "pwsh", "cmd", "sh", "bash", "ash", "dash", "zsh", "ksh",
		"arp", "attrib", "auditpol", "bcdedit", "bitsadmin", "cacls", "certreq", "certutil", "chkdsk", "choice", "cipher",
		"clip", "cmdkey", "comp", "compact", "cscript", "curl", "defrag", "diskpart", "dism", "driverquery", "eventcreate",
		"expand", "fc", "find", "findstr", "fltmc", "forfiles", "fsutil", "ftp", "getmac", "gpresult", "gpupdate", "hcsdiag",
		"hostname", "icacls", "ipconfig", "klist", "lodctr", "logman", "logoff", "makecab", "manage-bde", "mode", "mofcomp",
		"more", "mountvol", "msg", "msiexec", "nbtstat", "net", "netcfg", "netsh", "netstat", "nltest", "notepad",
		"nslookup", "openfiles", "pathping", "pause", "ping", "pktmon", "pnputil", "powercfg", "qprocess", "query", "quser",
		"qwinsta", "reg", "regedit", "regini", "regsvr32", "relog", "replace", "robocopy", "route", "runas", "rundll32",
		"sc", "schtasks", "scp", "secedit", "setx", "sfc", "sftp", "shutdown", "sort", "ssh", "ssh-keygen", "start", "subst",
		"systeminfo", "takeown", "tar", "taskkill", "tasklist", "time", "timeout", "tracerpt", "tracert", "tree", "tskill",
		"typeperf", "tzutil", "verifier", "vssadmin", "w32tm", "waitfor", "wbadmin", "wecutil", "wevtutil", "where",
		"whoami", "winrm", "wmic", "wscript", "wusa", "xcopy",
		"containerd", "crictl", "ctr", "docker", "helm", "hnsdiag", "kubeadm", "kubectl", "kubelet", "nssm":
		return true
	}
	return false
}
