// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package explain

import "github.com/hostprocess-go/sdk/validate"

// containerdEntries are texts of containerd itself.
var containerdEntries = []entry{
	{
		texts:   []pattern{{"pod spec and all containers inside must have the HostProcess field set to be valid"}},
		cause:   "containerd was asked to run a HostProcess container in a pod that isn't a HostProcess pod, or the reverse. The API server rejects pods that mix the two, so the cause is a kubelet that doesn't see the whole pod (1.23 and 1.24, if only containers set hostProcess) or a program that calls containerd directly.",
		rules:   []validate.RuleID{"host-process-container-level", "host-process-mixed"},
		fix:     "set hostProcess: true in the pod's securityContext.windowsOptions, and false nowhere",
		sources: []string{"https://github.com/containerd/containerd/blob/v2.3.4/internal/cri/server/container_create.go#L1012", "https://github.com/kubernetes/kubernetes/issues/110140"},
	},
	{
		texts:   []pattern{{"destination path can not be C drive"}},
		cause:   "containerd rejects a volumeMount whose mountPath is just C:.",
		rules:   []validate.RuleID{"mount-path-bare-drive"},
		fix:     "use a directory as mountPath, such as /etc/agent",
		sources: []string{"https://github.com/containerd/containerd/blob/v2.3.4/internal/cri/opts/spec_windows_opts.go#L89"},
	},
	{
		texts:   []pattern{{"no match for platform in manifest"}},
		cause:   "The image has no variant for this node: none for windows/amd64, or none for its version of Windows. The text isn't specific to HostProcess, but containerd 1.6.0 to 1.6.17 reject the base image for HostProcess containers, which names no version of Windows.",
		rules:   []validate.RuleID{"image-windows-build"},
		fix:     "build the image for windows/amd64; for the base image without a Windows version, use containerd 1.6.18 or newer",
		sources: []string{"https://github.com/containerd/containerd/blob/v2.3.4/core/images/image.go#L250", "https://github.com/containerd/containerd/issues/7431"},
	},
	{
		texts:   []pattern{{"invalid USER value", "uid out of range"}},
		cause:   "The runAsUserName, or the image's USER, is a number, which containerd takes for the ID of a Linux user; this one is negative or too large. containerd rejects those since 1.7.32, 2.0.9, 2.1.8, 2.2.4 and 2.3.1.",
		rules:   []validate.RuleID{"account-number"},
		fix:     `set runAsUserName to the name of an account, for example NT AUTHORITY\Local Service`,
		sources: []string{"https://github.com/containerd/containerd/blob/v2.3.4/pkg/oci/spec_opts.go#L640-L646"},
	},
	{
		texts:   []pattern{{"configuration registry database is corrupt"}},
		cause:   "An image was built from version 1.0.0 of the base image for HostProcess containers, on Windows 11 23H2 or newer or on Windows Server 2025, which can't read that version.",
		fix:     "build from mcr.microsoft.com/oss/v2/kubernetes/windows-host-process-containers-base-image:2.0.0",
		sources: []string{"https://github.com/microsoft/windows-host-process-containers-base-image/issues/14", "https://github.com/microsoft/Windows-Containers/issues/574"},
	},
	{
		texts:   []pattern{{"container operating system does not match the host operating system"}},
		cause:   "The image is for another version of Windows than the node's. Windows reports this when it starts an ordinary container; a HostProcess container runs with images for any version.",
		fix:     "use an image for the node's version of Windows, or select nodes by the label node.kubernetes.io/windows-build; if it was meant to be a HostProcess container, set hostProcess: true in the pod's securityContext.windowsOptions",
		sources: []string{docSource, "https://github.com/dapr/dapr/issues/9699"},
	},
	{
		texts:   []pattern{{"contains a virus or potentially unwanted software"}},
		cause:   "An antivirus program on the node blocked the reading or writing of a file. If the file is in an image layer, the image can't be unpacked. The pod isn't the cause.",
		fix:     "check what the antivirus program on the node has reported; if it is a false alarm, exclude containerd's directories from its scans",
		sources: []string{"https://github.com/microsoft/Windows-Containers/issues/568"},
	},
}
