// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"
	"strings"

	"github.com/hostprocess-go/sdk/internal/cmdline"
	"github.com/hostprocess-go/sdk/internal/winpath"
)

// socketPathWithoutDrive: on Windows, the path of a Unix socket needs a drive.
var socketPathWithoutDrive = rule[containerCheck]{
	Rule: Rule{
		ID:    "socket-path-without-drive",
		Title: "the path of a Unix socket needs a drive on Windows",
		Doc: `CSI drivers, device plugins and other helpers of the kubelet communicate through Unix sockets, which Windows supports. But the path needs a drive: with unix:///csi/csi.sock or /var/lib/kubelet/plugins/x/csi.sock, a program fails with "dial unix …: connect: A socket operation was attempted to an unreachable network", or waits for the other side forever.

The rule reports addresses that start with unix: and paths that end in .sock.`,
		Outcome:    OutcomeFails,
		Unverified: true,
		Since:      "v0.1.0",
		Sources: []string{
			"https://github.com/rancher/rke2/issues/4025",
			"https://github.com/kubernetes-sigs/vsphere-csi-driver/issues/2578",
		},
		Fix: `write the drive, as in unix://C:\csi\csi.sock`,
	},
	about: hasAbsolutePath,
	check: func(_ pod, c container) []problem {
		var problems []problem
		for t := range c.texts {
			path := socketWithoutDrive(t.string)
			if path == "" {
				continue
			}
			instead := `C:` + strings.ReplaceAll(path, "/", `\`)
			if cmdline.IndexFold(t.string, "unix:") >= 0 {
				instead = "unix://" + instead
			}
			problems = append(problems, t.problem(
				fmt.Sprintf("names the Unix socket %s without a drive: programs on Windows can't connect to it", quoted(path)),
				exact("write %s", instead)))
		}
		return problems
	},
}

// socketWithoutDrive returns the path of a Unix socket that a text names without a
// drive: the text itself, or what follows its first equals sign.
func socketWithoutDrive(text string) string {
	if len(text) < len("/.sock") {
		return ""
	}
	if text[0] == '-' {
		_, text, _ = strings.Cut(text, "=")
	}
	address := cmdline.HasPrefixFold(text, "unix:")
	switch {
	case strings.ContainsAny(text, " \t\n;|&"):
		return ""
	case address:
		text = text[len("unix:"):]
		for len(text) > 1 && winpath.IsSeparator(text[0]) && winpath.IsSeparator(text[1]) {
			text = text[1:]
		}
	case !strings.HasSuffix(text, ".sock"):
		return ""
	}
	if len(text) < 2 || !winpath.IsSeparator(text[0]) || winpath.IsSeparator(text[1]) || isOnDrive(text[1:]) {
		return ""
	}
	return text
}
