// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"

	"github.com/hostprocess-go/sdk/internal/cmdline"
)

// linuxHostPath: Windows nodes have no /proc.
var linuxHostPath = rule[volumeCheck]{
	Rule: Rule{
		ID:    "linux-host-path",
		Title: "a Linux hostPath is an empty directory on a Windows node",
		Doc: `The hostPath names a file or directory that only Linux has, such as /proc, /sys, /lib/modules or /etc/os-release. On a Windows node, /proc is C:\proc. If it is missing, containerd creates a directory, which stays on the node, and the container sees it empty. With a type that requires the path to exist, the pod stays in ContainerCreating instead.

A HostProcess container sees the node without any mount. Leave the volume out of the pod for Windows.`,
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
			message: fmt.Sprintf("is %s, a Linux path that Windows nodes don't have: the mount is an empty directory, or the pod doesn't start", quoted(v.HostPath.Path)),
		}}
	},
}

// isLinuxPath reports whether a path exists on every Linux system and isn't created on
// Windows nodes. It is false for paths that Kubernetes has on both, such as
// /var/lib/kubelet.
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
