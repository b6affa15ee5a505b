// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package explain

import "github.com/hostprocess-go/sdk/validate"

// accountRules report a runAsUserName that no node, or only some nodes, can use.
var accountRules = []validate.RuleID{
	"account-container-user", "account-domain-spelling", "account-impossible", "account-local-group", "account-local-prefix",
	"account-missing-domain", "account-needs-password", "account-unknown-service",
}

// programRules report a command line whose program a node doesn't find.
var programRules = []validate.RuleID{
	"command-builtin", "command-literal-root", "command-mount-path", "command-posix-path", "command-posix-shell", "command-program",
	"command-pwsh", "command-relative-path", "command-sandbox-variable", "command-script",
	"env-path-replaced", "env-path-spoilt",
}

// hcsshimEntries are texts of hcsshim, the part of containerd that runs
// containers on Windows. They appear as "failed to create containerd task: …" or
// "failed to start containerd task …" in events and in container statuses.
var hcsshimEntries = []entry{
	{
		texts:   []pattern{{"failed to logon user: access is denied"}},
		cause:   "hcsshim asked Windows for a token of the container's account and was denied. The documentation names one cause: containerd doesn't run as LocalSystem (or LocalService) on that node. So the pod may be right; if other HostProcess pods run on the node, check the runAsUserName as well.",
		rules:   accountRules,
		fix:     `run the node's containerd service as LocalSystem, and set runAsUserName to NT AUTHORITY\SYSTEM, NT AUTHORITY\Local Service, NT AUTHORITY\NetworkService or the name of a local group of the node`,
		sources: []string{docSource, "https://github.com/kubernetes/website/pull/33838", logonSource + "#L146-L158"},
	},
	{
		texts:   []pattern{{"failed to logon user"}},
		cause:   "hcsshim couldn't log on the container's account. The possible causes are: the runAsUserName isn't a service account in its exact spelling (with the domain NT AUTHORITY in upper case); it is a local group that this node doesn't have, or that containerd 1.6 can't use; it is a user, a domain account or a gMSA, which would need a password; it isn't set, and the image names a user that the node doesn't have, such as ContainerUser; or containerd doesn't run as LocalSystem on the node.",
		rules:   accountRules,
		fix:     `set runAsUserName to NT AUTHORITY\SYSTEM, NT AUTHORITY\Local Service, NT AUTHORITY\NetworkService or a local group; for a group, create it on every node (net localgroup NAME /add) and use containerd 1.7 or newer; otherwise check the account of the containerd service`,
		sources: []string{logonSource + "#L98-L158", logonSource16 + "#L22-L50", jobSource + "#L280", docSource},
	},
	{
		texts:   []pattern{{"empty username or group name passed"}, {"empty user string passed"}},
		cause:   "hcsshim got no account: neither runAsUserName nor the image's USER is set.",
		rules:   []validate.RuleID{"run-as-user-name-missing"},
		fix:     `set securityContext.windowsOptions.runAsUserName, for example to NT AUTHORITY\Local Service`,
		sources: []string{logonSource + "#L108-L110", logonSource16 + "#L31-L33"},
	},
	{
		texts:   []pattern{{"invalid user string `"}},
		cause:   "hcsshim can't parse the account, which has more than one backslash. The API server rejects such a runAsUserName, so the account is probably the image's USER.",
		rules:   []validate.RuleID{"run-as-user-name", "run-as-user-name-missing"},
		fix:     `set runAsUserName, for example to NT AUTHORITY\Local Service`,
		sources: []string{logonSource + "#L140", logonSource16 + "#L28"},
	},
	{
		texts:   []pattern{{"failed to create local account for container"}},
		cause:   "The runAsUserName is a local group of the node, but Windows failed to create the temporary user for the container or to add it to the group. The rest of the text is the reason from Windows, which may be a policy of the node.",
		fix:     "read the reason after the text; try net user NAME /add and net localgroup GROUP NAME /add on the node as LocalSystem",
		sources: []string{logonSource + "#L40-L96", logonSource + "#L112-L117"},
	},
	{
		texts:   []pattern{{"named pipe mounts not supported for job containers"}},
		cause:   `hcsshim can't mount a named pipe (a hostPath that starts with \\.\pipe\) into a HostProcess container.`,
		rules:   []validate.RuleID{"named-pipe-mount"},
		fix:     `remove the volume and its volumeMount, and open \\.\pipe\NAME in the program: the container sees the node's pipes`,
		sources: []string{mountsSource + "#L46-L49", mountsSource16 + "#L38-L41"},
	},
	{
		texts:   []pattern{{"failed to setup mount for job container", "already exists"}},
		cause:   "On a node without the bind filter (containerd 1.6, or Windows Server 2019 without updates), each mount is a symbolic link below the container's root directory, and something already exists in its place: another mount with the same path (ignoring the drive), a file or directory of the image, or a leftover of an earlier container in a volume that is mounted above it.",
		rules:   []validate.RuleID{"mount-collision", "mount-collision-unverified", "mount-nested", "mount-over-implicit", "mount-path-drive-root"},
		fix:     "give each mount a path of its own that doesn't exist in the image, and don't mount anything below another mount",
		sources: []string{mountsSource + "#L25-L64", mountsSource16 + "#L18-L57"},
	},
	{
		texts:   []pattern{{"failed to setup mount for job container"}},
		cause:   "On a node without the bind filter (containerd 1.6, or Windows Server 2019 without updates), hcsshim couldn't create the symbolic link for a mount below the container's root directory. The rest of the text is the reason from Windows; usually something already exists in that place, or the path isn't a valid file name.",
		rules:   []validate.RuleID{"mount-collision", "mount-collision-unverified", "mount-nested", "mount-over-implicit", "mount-path-characters", "mount-path-colon", "mount-path-drive-root"},
		fix:     "read the reason after the text; give each mount a path of its own that doesn't exist in the image",
		sources: []string{mountsSource + "#L57-L60", mountsSource16 + "#L49-L52"},
	},
	{
		texts:   []pattern{{"failed to make directory for job container mount"}},
		cause:   "hcsshim couldn't create the directory for a mount. The rest of the text is the reason from Windows: a file may be in the way, or the path isn't a valid file name.",
		rules:   []validate.RuleID{"mount-path-characters", "mount-path-colon", "mount-path-device", "mount-path-drive-relative", "mount-path-server"},
		fix:     "read the reason after the text; use a plain mountPath, such as /etc/agent",
		sources: []string{mountsSource + "#L53-L56", mountsSource + "#L126-L129"},
	},
	{
		texts:   []pattern{{"failed to create shim task: mkdir", "the system cannot find the path specified"}},
		cause:   "The drive of a mountPath doesn't exist on the node: with the bind filter, hcsshim creates the directory for a mount on the drive in the mountPath.",
		rules:   []validate.RuleID{"mount-path-drive-unverified"},
		fix:     "use a mountPath on a drive that every node has, such as /etc/agent",
		sources: []string{mountsSource + "#L126-L129"},
	},
	{
		texts:   []pattern{{"failed to bind target", "do not attach the filter to the volume"}},
		cause:   "The Windows bind filter can't mount from that volume. This is known for directories on third-party file systems (WinFsp, which rclone and some CSI drivers use).",
		fix:     "copy the files to a directory on NTFS and mount that, or let the program use the node's path without a mount",
		sources: []string{"https://github.com/microsoft/hcsshim/issues/1699", "https://github.com/microsoft/hcsshim/blob/v0.12.9/internal/jobobject/jobobject.go#L516"},
	},
	{
		texts:   []pattern{{"failed to bind target", "for job object"}},
		cause:   "The Windows bind filter rejected a mount; the rest of the text is its reason. hcsshim uses it for every mount on nodes with containerd 1.7 or newer, except Windows Server 2019 without updates.",
		rules:   []validate.RuleID{"mount-below-hpc", "mount-collision-unverified", "mount-path-drive-unverified"},
		fix:     "read the reason after the text; mount a directory on NTFS at a plain path on drive C:, such as /etc/agent",
		sources: []string{"https://github.com/microsoft/hcsshim/blob/v0.12.9/internal/jobobject/jobobject.go#L516"},
	},
	{
		texts:   []pattern{{"a mount must have both source and a destination"}},
		cause:   "hcsshim got a mount without a source or a destination.",
		rules:   []validate.RuleID{"mount-path-required"},
		fix:     "set the mountPath of every volumeMount, and the path of every hostPath",
		sources: []string{mountsSource + "#L42-L45"},
	},
	{
		texts:   []pattern{{"job container mount destination exists and will be shadowed"}},
		cause:   "A warning, not an error: the mountPath exists on the node, and the container sees the volume instead.",
		rules:   []validate.RuleID{"mount-over-host-directory"},
		fix:     "if the program needs what is hidden, use a mountPath that doesn't exist on the node",
		sources: []string{mountsSource + "#L100-L109"},
	},
	{
		texts:   []pattern{{"failed to setup symlink from", "to containers rootfs"}},
		cause:   `A warning, not an error: with the bind filter, a mount is at its mountPath, and is also linked below the container's root directory (C:\hpc). That link couldn't be created, because something exists in its place: a file of the image, or a mount of the same path on another drive. The mount itself works.`,
		fix:     "use the mount at its mountPath, or use a mountPath that doesn't exist in the image",
		sources: []string{mountsSource + "#L130-L134"},
	},
	{
		texts:   []pattern{{"failed to get application name from commandline", "found directory instead of executable"}, {"found directory instead of executable"}},
		cause:   "The first word of the command line is a directory on the node, not a program.",
		rules:   []validate.RuleID{"command-program"},
		fix:     `write the path of the program itself, such as %CONTAINER_SANDBOX_MOUNT_POINT%\agent.exe`,
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
		cause:   "hcsshim didn't find PowerShell, which every Windows node has, because the PATH that it searched lacks PowerShell's directory. With containerd 1.7 and newer, that is the container's PATH, which an ENV PATH in the image or PATH in env replaces; with containerd 1.6, it is the PATH of the containerd service.",
		rules:   []validate.RuleID{"env-path-replaced"},
		fix:     `write C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe, or set PATH in the container's env with that directory in it`,
		sources: []string{pathSource + "#L78-L151", "https://github.com/kubernetes-sigs/sig-windows-tools/pull/210"},
	},
	{
		texts: []pattern{
			{"failed to get application name from commandline", "failed to find executable"},
			{"failed to get application name from commandline"},
			{"failed to find executable"},
		},
		cause:   "The node has no such program. hcsshim searched, in this order, the working directory, PATH (the container's, or with containerd 1.6 that of the containerd service) and the Windows directories. The image's files are below %CONTAINER_SANDBOX_MOUNT_POINT%, not at their path in the image; on nodes that report this, mounts are there too. Such nodes have no bind filter (containerd 1.6, or Windows Server 2019 without updates): with it, the container starts and exits at once.",
		rules:   programRules,
		fix:     `write %CONTAINER_SANDBOX_MOUNT_POINT%\NAME.exe if the program is in the image, or its full path on the node`,
		sources: []string{pathSource + "#L78-L151", jobSource + "#L346", "https://github.com/containerd/containerd/issues/8090"},
	},
	{
		texts:   []pattern{{"failed to start host process"}},
		cause:   "hcsshim found a program, but Windows didn't start it; the rest of the text is the reason. The working directory may not exist (containerd 1.6 never creates it), the file may not be a program for this Windows, or the account may lack the right to read it.",
		rules:   []validate.RuleID{"command-script", "working-dir-required", "working-dir-rerooted"},
		fix:     "read the reason after the text; set workingDir to %CONTAINER_SANDBOX_MOUNT_POINT%, run an .exe, and make sure that the account can read it",
		sources: []string{jobSource + "#L416", "https://github.com/microsoft/hcsshim/issues/1128"},
	},
	{
		texts:   []pattern{{"cannot create a normal process isolated container if the pod sandbox is a job container"}},
		cause:   "The pod's sandbox is a HostProcess sandbox, but one of its containers isn't a HostProcess container. Kubelets 1.23 and 1.24 also cause this if only containers set hostProcess.",
		rules:   []validate.RuleID{"host-process-container-level", "host-process-mixed"},
		fix:     "set hostProcess: true in the pod's securityContext.windowsOptions, and false nowhere",
		sources: []string{shimSource + "pod.go#L325", "https://github.com/kubernetes/kubernetes/issues/110140"},
	},
	{
		texts:   []pattern{{"UVM does not support HostProcess containers"}},
		cause:   "The pod uses Hyper-V isolation, through its RuntimeClass or its annotations, and the virtual machine can't run HostProcess containers.",
		rules:   []validate.RuleID{"runtime-class"},
		fix:     "remove runtimeClassName, or use a RuntimeClass without Hyper-V",
		sources: []string{"https://github.com/microsoft/hcsshim/blob/v0.15.0/cmd/containerd-shim-runhcs-v1/pod.go#L504"},
	},
	{
		texts:   []pattern{{"WCOW Pod task should never issue exec"}},
		cause:   "Something tried to run a program in the pod's sandbox, which has no process in a HostProcess pod. kubectl port-forward does so with containerd 1.6 and 1.7.0 to 1.7.15.",
		rules:   []validate.RuleID{"port-forward"},
		fix:     "connect to the port at the node's own address, or upgrade containerd to 1.7.16 or newer",
		sources: []string{shimSource + "task_wcow_podsandbox.go#L102"},
	},
	{
		texts:   []pattern{{"modify not supported for job containers"}},
		cause:   "Something tried to change the resources of a running HostProcess container, which isn't supported.",
		fix:     "recreate the pod with the resources that it needs",
		sources: []string{jobSource + "#L432"},
	},
	{
		texts:   []pattern{{"cpu affinity update is not supported for job containers"}},
		cause:   "The kubelet's CPU manager, with its static policy, tried to pin a running HostProcess container to some CPUs, which isn't supported. It retries forever; the container runs anyway.",
		fix:     "set cpuManagerPolicy to none in the kubelet configuration of Windows nodes",
		sources: []string{"https://github.com/microsoft/hcsshim/blob/v0.15.0-rc.2/internal/jobcontainers/jobcontainer.go#L433"},
	},
	{
		texts:   []pattern{{"console emulation not supported for job containers"}},
		cause:   "The container has tty: true, which hcsshim before 0.9.2 doesn't support; pre-releases of containerd 1.6 include it.",
		fix:     "remove tty, or upgrade containerd",
		sources: []string{"https://github.com/microsoft/hcsshim/blob/v0.9.1/internal/jobcontainers/jobcontainer.go"},
	},
	{
		texts:   []pattern{{"invalid spec - windows container CPU count"}},
		cause:   "The container has two of CPU count, CPU limit and CPU weight, which exclude each other. Kubernetes sets the limit only, so something else, such as an annotation or a containerd plugin, adds another.",
		fix:     "remove annotations about CPU from the pod, and check what changes containers on the node",
		sources: []string{"https://github.com/microsoft/hcsshim/blob/v0.12.9/internal/hcsoci/hcsdoc_wcow.go#L130"},
	},
}
