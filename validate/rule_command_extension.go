// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"
	"strings"

	"github.com/hostprocess-go/sdk/internal/cmdline"
	"github.com/hostprocess-go/sdk/internal/winpath"
)

// commandExtension: cmd runs no file without an extension.
var commandExtension = rule[commandCheck]{
	Rule: Rule{
		ID:    "command-extension",
		Title: "a program should be named with its extension",
		Doc: `On nodes with the bind filter, cmd starts every program, and cmd runs no file whose name has no extension. To agent it adds .com, .exe and so on, so that the command works if the image's file is agent.exe, and fails if it is agent, as in an image that is built alike for Linux. Upstream's own end-to-end tests copy their program to one with .exe because of it. containerd 1.6 runs both.

The container starts, because cmd does, and exits; it is no start error.`,
		Outcome: OutcomeDiffers,
		Since:   "v0.1.0",
		Sources: []string{
			e2eSource + "#L690-L701",
			jobSource + "#L338-L357",
			"https://github.com/kubernetes/kubernetes/issues/112651",
		},
		Fix: "name the file in the image NAME.exe, and write it so",
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
			message: fmt.Sprintf("is %s, without an extension: nodes with the bind filter run it only if the file is %s", quoted(word), quoted(clip(name)+".exe")),
			fix:     exact("name the file in the image %s, and write it so", name+".exe"),
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
