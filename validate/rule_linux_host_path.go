// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"

	"github.com/hostprocess-go/sdk/internal/cmdline"
)

// linuxHostPath: a Windows node has no /proc.
var linuxHostPath = rule[volumeCheck]{
	Rule: Rule{
		ID:    "linux-host-path",
		Title: "a hostPath of Linux is an empty directory on a Windows node",
		Doc: `The hostPath names a file or directory that only Linux has, such as /proc, /sys, /lib/modules or /etc/os-release. On a Windows node /proc is C:\proc: where there is none, containerd makes a directory, which stays on the node, and the container sees it empty. With a type that demands something to be there, the pod stays in ContainerCreating instead.

A HostProcess container needs no mount to see the node. Leave the volume out of the pod for Windows.`,
		Outcome: OutcomeDiffers,
		Since:   "v0.1.0",
		Sources: []string{
			absolutePathSource,
			criMountsSource + "#L57-L77",
			"https://github.com/DataDog/helm-charts/pull/736",
		},
		Fix: "remove the volume and its mounts",
	},
	about: isOddVolume,
	check: func(p pod, v *corev1.Volume) []problem {
		if v.HostPath == nil || !isLinuxPath(v.HostPath.Path) || !p.mounted(v.Name) {
			return nil
		}
		return []problem{{
			field:   "hostPath.path",
			message: fmt.Sprintf("is %s, which Linux has and a Windows node has not: what is mounted is an empty directory, if anything", quoted(v.HostPath.Path)),
		}}
	},
}

// isLinuxPath reports whether a path is one that every Linux has and nobody makes on
// a Windows node. Paths that Kubernetes has on both, such as /var/lib/kubelet, are
// none.
func isLinuxPath(path string) bool {
	if path == "" || path[0] != '/' {
		return false
	}
	for _, dir := range [...]string{
		"/proc", "/sys", "/dev", "/boot", "/lib/modules", "/usr", "/bin", "/sbin", "/lib64", "/run/containerd", "/run/systemd", "/run/udev",
		"/etc/os-release", "/etc/passwd", "/etc/group", "/etc/shadow", "/etc/machine-id", "/etc/localtime", "/etc/systemd",
		"/etc/redhat-release", "/etc/lsb-release", "/etc/ssl", "/etc/pki", "/etc/hostname", "/etc/hosts", "/etc/resolv.conf", "/etc/fstab",
		"/home", "/root", "/lib/systemd", "/var/spool", "/var/lib/containers", "/var/run/docker.sock", "/run/docker.sock", "/var/run/containerd", "/run/xtables.lock",
		"/var/run/dbus", "/run/dbus", "/var/lib/docker", "/var/log/journal", "/run/log",
	} {
		if below(path, dir) && cmdline.HasPrefixFold(path, dir) {
			return true
		}
	}
	return false
}
