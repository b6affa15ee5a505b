// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package explain

import "github.com/hostprocess-go/sdk/validate"

// accountRules find a runAsUserName that no node can run, or only some.
var accountRules = []validate.RuleID{
	"account-container-user", "account-domain-spelling", "account-impossible", "account-local-group", "account-local-prefix",
	"account-missing-domain", "account-needs-password", "account-unknown-service",
}

// programRules find a command line whose program a node doesn't find.
var programRules = []validate.RuleID{
	"command-builtin", "command-literal-root", "command-mount-path", "command-posix-path", "command-posix-shell", "command-program",
	"command-pwsh", "command-relative-path", "command-sandbox-variable", "command-script",
	"env-path-replaced", "env-path-spoilt",
}

// hcsshimEntries are texts of hcsshim, the part of containerd that runs
// containers on Windows. They arrive as "failed to create containerd task: …" or
// "failed to start containerd task …" in events and in container statuses.
var hcsshimEntries = []entry{
	{
		texts:   []pattern{{"failed to logon user: access is denied"}},
		cause:   "hcsshim asked Windows for a token of the container's account, and may not have one. The documentation names one cause: containerd does not run as LocalSystem (or LocalService) on that node. The pod need not be wrong; where other HostProcess pods run on the node, look at the runAsUserName as well.",
		rules:   accountRules,
		fix:     `run the containerd service of the node as LocalSystem, and set runAsUserName to NT AUTHORITY\SYSTEM, NT AUTHORITY\Local Service, NT AUTHORITY\NetworkService or the name of a local group of the node`,
		sources: []string{docSource, "https://github.com/kubernetes/website/pull/33838", logonSource + "#L146-L158"},
	},
	{
		texts:   []pattern{{"failed to logon user"}},
		cause:   `hcsshim could not log on the container's account. The text is the same for all of these: the runAsUserName is no service account in its exact spelling (the domain NT AUTHORITY in capitals); it is a local group that this node doesn't have, or that containerd 1.6 can't use; it is a user, a domain account or a gMSA, which would need a password; it is not set, and the image names a user that the node doesn't have, such as ContainerUser; or containerd does not run as LocalSystem on the node.`,
		rules:   accountRules,
		fix:     `set runAsUserName to NT AUTHORITY\SYSTEM, NT AUTHORITY\Local Service, NT AUTHORITY\NetworkService or a local group; for a group, make it on every node (net localgroup NAME /add) and use containerd 1.7 or newer; else look at the account of the containerd service`,
		sources: []string{logonSource + "#L98-L158", logonSource16 + "#L22-L50", jobSource + "#L280", docSource},
	},
	{
		texts:   []pattern{{"empty username or group name passed"}, {"empty user string passed"}},
		cause:   "hcsshim was told no account: neither runAsUserName nor the USER of the image is set.",
		rules:   []validate.RuleID{"run-as-user-name-missing"},
		fix:     `set securityContext.windowsOptions.runAsUserName, for example to NT AUTHORITY\Local Service`,
		sources: []string{logonSource + "#L108-L110", logonSource16 + "#L31-L33"},
	},
	{
		texts:   []pattern{{"invalid user string `"}},
		cause:   "hcsshim can't read the account: it has more than one backslash. The API server refuses such a runAsUserName, so the account is likely the USER of the image.",
		rules:   []validate.RuleID{"run-as-user-name", "run-as-user-name-missing"},
		fix:     `set runAsUserName, for example to NT AUTHORITY\Local Service`,
		sources: []string{logonSource + "#L140", logonSource16 + "#L28"},
	},
	{
		texts:   []pattern{{"failed to create local account for container"}},
		cause:   "The runAsUserName is a local group of the node, but Windows refused to make the temporary user for the container or to put it into the group. The rest of the text is the reason of Windows; policies of the node can be behind it.",
		fix:     "read the reason after the text; try net user NAME /add and net localgroup GROUP NAME /add on the node as LocalSystem",
		sources: []string{logonSource + "#L40-L96", logonSource + "#L112-L117"},
	},
	{
		texts:   []pattern{{"named pipe mounts not supported for job containers"}},
		cause:   `hcsshim refuses to mount a named pipe (a hostPath that starts with \\.\pipe\) into a HostProcess container.`,
		rules:   []validate.RuleID{"named-pipe-mount"},
		fix:     `remove the volume and its volumeMount, and open \\.\pipe\NAME in the program: the container sees the pipes of the node`,
		sources: []string{mountsSource + "#L46-L49", mountsSource16 + "#L38-L41"},
	},
	{
		texts:   []pattern{{"failed to setup mount for job container", "already exists"}},
		cause:   "On a node without the bind filter (containerd 1.6, or a Windows Server 2019 without updates) each mount is a symbolic link below the container's root, and there was already something at its place: another mount with the same path (drives don't count there), a file or directory of the image, or what an earlier container left in a volume that is mounted above it.",
		rules:   []validate.RuleID{"mount-collision", "mount-collision-unverified", "mount-nested", "mount-over-implicit", "mount-path-drive-root"},
		fix:     "give each mount a path of its own that the image doesn't have, and mount nothing below another mount",
		sources: []string{mountsSource + "#L25-L64", mountsSource16 + "#L18-L57"},
	},
	{
		texts:   []pattern{{"failed to setup mount for job container"}},
		cause:   "On a node without the bind filter (containerd 1.6, or a Windows Server 2019 without updates) hcsshim could not make the symbolic link for a mount below the container's root. The rest of the text is the reason of Windows; most often something is already at that place, or the path can't be a file name.",
		rules:   []validate.RuleID{"mount-collision", "mount-collision-unverified", "mount-nested", "mount-over-implicit", "mount-path-characters", "mount-path-colon", "mount-path-drive-root"},
		fix:     "read the reason after the text; give each mount a path of its own that the image doesn't have",
		sources: []string{mountsSource + "#L57-L60", mountsSource16 + "#L49-L52"},
	},
	{
		texts:   []pattern{{"failed to make directory for job container mount"}},
		cause:   "hcsshim could not make the directory that a mount goes into. The rest of the text is the reason of Windows: a file may be in the way, or the path can't be a file name.",
		rules:   []validate.RuleID{"mount-path-characters", "mount-path-colon", "mount-path-device", "mount-path-drive-relative", "mount-path-server"},
		fix:     "read the reason after the text; choose a plain mountPath, such as /etc/agent",
		sources: []string{mountsSource + "#L53-L56", mountsSource + "#L126-L129"},
	},
	{
		texts:   []pattern{{"failed to create shim task: mkdir", "the system cannot find the path specified"}},
		cause:   "The drive of a mountPath does not exist on the node: with the bind filter hcsshim makes the directory that a mount goes into, on the drive that the mountPath names.",
		rules:   []validate.RuleID{"mount-path-drive-unverified"},
		fix:     "choose a mountPath on a drive that every node has, such as /etc/agent",
		sources: []string{mountsSource + "#L126-L129"},
	},
	{
		texts:   []pattern{{"failed to bind target", "do not attach the filter to the volume"}},
		cause:   "The bind filter of Windows can't mount from that volume. Known for directories on file systems of other makers (WinFsp, such as rclone and some CSI drivers use).",
		fix:     "copy the files to a directory on NTFS and mount that, or let the program read the node's path without a mount",
		sources: []string{"https://github.com/microsoft/hcsshim/issues/1699", "https://github.com/microsoft/hcsshim/blob/v0.12.9/internal/jobobject/jobobject.go#L516"},
	},
	{
		texts:   []pattern{{"failed to bind target", "for job object"}},
		cause:   "The bind filter of Windows refused a mount; the rest of the text is its reason. hcsshim does this for every mount on nodes with the bind filter: those with containerd 1.7 or newer, but for a Windows Server 2019 without updates.",
		rules:   []validate.RuleID{"mount-below-hpc", "mount-collision-unverified", "mount-path-drive-unverified"},
		fix:     "read the reason after the text; mount a directory of NTFS at a plain path on drive C, such as /etc/agent",
		sources: []string{"https://github.com/microsoft/hcsshim/blob/v0.12.9/internal/jobobject/jobobject.go#L516"},
	},
	{
		texts:   []pattern{{"a mount must have both source and a destination"}},
		cause:   "hcsshim got a mount without a source or without a destination.",
		rules:   []validate.RuleID{"mount-path-required"},
		fix:     "set the mountPath of every volumeMount, and the path of every hostPath",
		sources: []string{mountsSource + "#L42-L45"},
	},
	{
		texts:   []pattern{{"job container mount destination exists and will be shadowed"}},
		cause:   "A warning, not an error: the node has something at the mountPath, and the container sees the volume instead.",
		rules:   []validate.RuleID{"mount-over-host-directory"},
		fix:     "choose a mountPath that the node doesn't have, if the program needs what is hidden",
		sources: []string{mountsSource + "#L100-L109"},
	},
	{
		texts:   []pattern{{"failed to setup symlink from", "to containers rootfs"}},
		cause:   `A warning, not an error: with the bind filter a mount is at its mountPath, and also linked below the container's root (C:\hpc). That link could not be made, because something is at its place: a file of the image, or a mount of the same path on another drive. The mount itself works.`,
		fix:     "use the mount by its mountPath, or choose one that the image doesn't have",
		sources: []string{mountsSource + "#L130-L134"},
	},
	{
		texts:   []pattern{{"failed to get application name from commandline", "found directory instead of executable"}, {"found directory instead of executable"}},
		cause:   "The first word of the command line is a directory on the node, not a program.",
		rules:   []validate.RuleID{"command-program"},
		fix:     `name the program itself, such as %CONTAINER_SANDBOX_MOUNT_POINT%\agent.exe`,
		sources: []string{pathSource + "#L213"},
	},
	{
		texts:   []pattern{{"failed to get application name from commandline", "no ending quotation mark"}, {"no ending quotation mark found in command"}},
		cause:   "The command line starts with a quote that is never closed.",
		rules:   []validate.RuleID{"command-program"},
		fix:     "write the program and each argument as words of their own in command and args, without quotes around them",
		sources: []string{pathSource + "#L107-L114"},
	},
	{
		texts: []pattern{
			{"failed to get application name from commandline", `failed to find executable "powershell.exe"`}, {`failed to find executable "powershell.exe"`},
			{"failed to get application name from commandline", `failed to find executable "powershell"`}, {`failed to find executable "powershell"`},
		},
		cause:   "hcsshim did not find PowerShell, which every Windows node has: the PATH in which it looked lacks its directory. With containerd 1.7 and newer that is the PATH of the container, which an ENV PATH in the image or PATH in env replaces; with containerd 1.6 it is that of the containerd service.",
		rules:   []validate.RuleID{"env-path-replaced"},
		fix:     `name it C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe, or set PATH in env of the container with that directory in it`,
		sources: []string{pathSource + "#L78-L151", "https://github.com/kubernetes-sigs/sig-windows-tools/pull/210"},
	},
	{
		texts: []pattern{
			{"failed to get application name from commandline", "failed to find executable"},
			{"failed to get application name from commandline"},
			{"failed to find executable"},
		},
		cause:   `The node has no such program. hcsshim looked, in this order, in the working directory, in PATH (of the container, but with containerd 1.6 that of the containerd service) and in the directories of Windows. The files of the image are below %CONTAINER_SANDBOX_MOUNT_POINT% and not at the path that they have in the image; mounts are there too on nodes that say this. Such nodes have no bind filter (containerd 1.6, or a Windows Server 2019 without updates): with it the container starts, and ends at once.`,
		rules:   programRules,
		fix:     `name the program as %CONTAINER_SANDBOX_MOUNT_POINT%\NAME.exe if it is in the image, or by its whole path on the node`,
		sources: []string{pathSource + "#L78-L151", jobSource + "#L346", "https://github.com/containerd/containerd/issues/8090"},
	},
	{
		texts:   []pattern{{"failed to start host process"}},
		cause:   "hcsshim found a program, but Windows did not start it; the rest of the text is the reason. The working directory may not exist (containerd 1.6 never makes it), the file may be no program for this Windows, or the account may not read it.",
		rules:   []validate.RuleID{"command-script", "working-dir-required", "working-dir-rerooted"},
		fix:     "read the reason after the text; set workingDir to %CONTAINER_SANDBOX_MOUNT_POINT%, name an .exe, and see that the account may read it",
		sources: []string{jobSource + "#L416", "https://github.com/microsoft/hcsshim/issues/1128"},
	},
	{
		texts:   []pattern{{"cannot create a normal process isolated container if the pod sandbox is a job container"}},
		cause:   "The pod's sandbox is a HostProcess one, and a container of it is not. A kubelet of 1.23 or 1.24 does this as well where hostProcess is only set on containers.",
		rules:   []validate.RuleID{"host-process-container-level", "host-process-mixed"},
		fix:     "set hostProcess: true in securityContext.windowsOptions of the pod, and nowhere to false",
		sources: []string{shimSource + "pod.go#L325", "https://github.com/kubernetes/kubernetes/issues/110140"},
	},
	{
		texts:   []pattern{{"UVM does not support HostProcess containers"}},
		cause:   "The pod is isolated by Hyper-V, which its RuntimeClass or its annotations ask for, and the virtual machine can't run HostProcess containers.",
		rules:   []validate.RuleID{"runtime-class"},
		fix:     "remove runtimeClassName, or choose one without Hyper-V",
		sources: []string{"https://github.com/microsoft/hcsshim/blob/v0.15.0/cmd/containerd-shim-runhcs-v1/pod.go#L504"},
	},
	{
		texts:   []pattern{{"WCOW Pod task should never issue exec"}},
		cause:   "Something wanted to run a program in the sandbox of the pod, which has no process where the pod is a HostProcess pod. kubectl port-forward does so with containerd 1.6 and 1.7.0 to 1.7.15.",
		rules:   []validate.RuleID{"port-forward"},
		fix:     "connect to the port on the node's own address, or update containerd to 1.7.16 or newer",
		sources: []string{shimSource + "task_wcow_podsandbox.go#L102"},
	},
	{
		texts:   []pattern{{"modify not supported for job containers"}},
		cause:   "Something wanted to change the resources of a running HostProcess container, which can't be done.",
		fix:     "create the pod anew with the resources that it needs",
		sources: []string{jobSource + "#L432"},
	},
	{
		texts:   []pattern{{"cpu affinity update is not supported for job containers"}},
		cause:   "The kubelet's CPU manager wanted to bind a running HostProcess container to some CPUs, which can't be done. It tries again and again; the container runs all the same. Kubelets do this with the static policy of the CPU manager.",
		fix:     "set cpuManagerPolicy to none in the configuration of the kubelets of Windows nodes",
		sources: []string{"https://github.com/microsoft/hcsshim/blob/v0.15.0-rc.2/internal/jobcontainers/jobcontainer.go#L433"},
	},
	{
		texts:   []pattern{{"console emulation not supported for job containers"}},
		cause:   "The container has tty: true, which hcsshim before 0.9.2 can't do; pre-releases of containerd 1.6 have that.",
		fix:     "remove tty, or update containerd",
		sources: []string{"https://github.com/microsoft/hcsshim/blob/v0.9.1/internal/jobcontainers/jobcontainer.go"},
	},
	{
		texts:   []pattern{{"invalid spec - windows container CPU count"}},
		cause:   "The container has two of CPU count, CPU limit and CPU weight, which exclude each other. A pod of Kubernetes sets the limit only, so something else, such as an annotation or a plugin of containerd, adds another.",
		fix:     "remove annotations about CPU from the pod, and look for what changes containers on the node",
		sources: []string{"https://github.com/microsoft/hcsshim/blob/v0.12.9/internal/hcsoci/hcsdoc_wcow.go#L130"},
	},
}
