// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package explain

import "github.com/hostprocess-go/sdk/validate"

// programEntries are texts of programs in a container.
var programEntries = []entry{
	{
		texts:   []pattern{{`user "system:node:*" cannot`}},
		cause:   "A request was made as the node, not as the pod's service account. If it came from a HostProcess container, the program there used the node's kubeconfig: the container has the node's environment, in which a machine-wide variable KUBECONFIG names that file.",
		rules:   []validate.RuleID{"env-kubeconfig", "node-kubeconfig"},
		fix:     "pass --kubeconfig, or set the variable KUBECONFIG to a file of the pod; an empty value doesn't help",
		sources: []string{"https://github.com/projectcalico/calico/issues/7445", "https://github.com/Azure/azure-container-networking/issues/1367"},
	},
	{
		texts:   []pattern{{"open /var/run/secrets/kubernetes.io/serviceaccount/* the system cannot find"}},
		cause:   "A program looked for the service account's files at a path that the node doesn't have. On nodes without the bind filter (containerd 1.6, or Windows Server 2019 without updates), they are below %CONTAINER_SANDBOX_MOUNT_POINT%, where client-go's InClusterConfig doesn't look. It also fails if the current directory is on another drive than C:, or if automountServiceAccountToken is false.",
		rules:   []validate.RuleID{"command-service-account"},
		fix:     `read the files below %CONTAINER_SANDBOX_MOUNT_POINT%\var\run\secrets\kubernetes.io\serviceaccount, or use nodes with containerd 1.7 or newer`,
		sources: []string{"https://github.com/kubernetes/kubernetes/issues/104562", "https://github.com/kubernetes/client-go/issues/1302", "https://github.com/kubernetes/kubernetes/issues/104443"},
	},
	{
		texts:   []pattern{{"listen unix", "only one usage of each socket address"}},
		cause:   "A program couldn't listen on a Unix socket, because its file exists: it belongs to a program that still runs, or to an earlier run that didn't remove it. In a directory of the node, such files stay when a container exits.",
		fix:     "remove the socket's file before listening, and run only one pod of the workload on a node at a time",
		sources: []string{"https://github.com/kubernetes/kubernetes/issues/97554", "https://github.com/Azure/azure-container-networking/pull/4163"},
	},
	{
		texts:   []pattern{{"only one usage of each socket address"}},
		cause:   "A program couldn't listen on a port, because another program on the node does. HostProcess pods use the node's ports, so the port may belong to an older pod of the same workload or to any other program on the node.",
		rules:   []validate.RuleID{"daemon-set-surge-ports", "deployment-surge-ports"},
		fix:     "declare the port as containerPort, so that the scheduler takes it into account, set maxSurge to 0, and look for the program on the node (Get-NetTCPConnection -LocalPort PORT)",
		sources: []string{"https://github.com/prometheus-community/windows_exporter/issues/1092"},
	},
	{
		texts:   []pattern{{"listen tcp", "access a socket in a way forbidden"}, {"bind: An attempt was made to access a socket in a way forbidden"}},
		cause:   "Windows doesn't let a program listen on a port: it has reserved the port, or a Windows component or another program uses it exclusively. HostProcess pods use the node's ports.",
		fix:     "use a port outside the ranges that netsh interface ipv4 show excludedportrange protocol=tcp and netsh interface ipv4 show dynamicport tcp print on the node",
		sources: []string{"https://github.com/kubernetes/kubernetes/issues/107114", "https://github.com/kubernetes-sigs/image-builder/pull/947"},
	},
	{
		texts:   []pattern{{"is not recognized as an internal or external command"}},
		cause:   `cmd found no program with that name. On nodes with the bind filter (containerd 1.7 and newer), cmd runs the container's command and its exec probes. If the name is only the start of a path, cmd stopped at a slash, as in bin/agent.exe or ./agent.exe, or at a space. If it is a flag, the image has no entrypoint, and the pod's args run alone. If it is a program of the image, it is neither in the working directory nor in PATH. If it is a Windows program, its directory is missing in PATH: an ENV PATH in the image replaces the node's PATH. If the pod doesn't contain the name, it comes from an AutoRun value in the node's registry (Software\Microsoft\Command Processor), which every cmd without /d runs first, including the one that starts the container.`,
		rules:   []validate.RuleID{"command-extension", "command-linux-program", "command-posix-shell", "command-program", "command-pwsh", "command-relative-path", "command-slash-path", "env-path-replaced"},
		fix:     `write the full path of a program in the image, such as %CONTAINER_SANDBOX_MOUNT_POINT%\bin\agent.exe; for a Windows program, set PATH in the container's env, including C:\Windows\System32, or write its full path`,
		sources: []string{"https://github.com/democratic-csi/democratic-csi/issues/169", "https://github.com/prometheus-community/windows_exporter/issues/1391", "https://github.com/projectcalico/calico/commit/38ac16943f6", "https://github.com/MicrosoftDocs/windowsserverdocs/blob/ca6cf9ccb90198aa73a3331c4e93d058e8e16b0c/WindowsServerDocs/administration/windows-commands/cmd.md"},
	},
	{
		texts:   []pattern{{"Input redirection is not supported, exiting the process immediately"}},
		cause:   "timeout.exe needs a console to read from, and a container without stdin has none.",
		rules:   []validate.RuleID{"command-console"},
		fix:     "wait with powershell -Command Start-Sleep SECONDS, or ping.exe",
		sources: []string{"https://github.com/MicrosoftDocs/windowsserverdocs/blob/ca6cf9ccb90198aa73a3331c4e93d058e8e16b0c/WindowsServerDocs/administration/windows-commands/timeout.md"},
	},
	{
		texts:   []pattern{{"to the -File parameter does not exist"}},
		cause:   `PowerShell was started with -File and a path that doesn't exist. The argument of -File is a path and nothing else: a command such as .\start.ps1; exit in one word is taken for a file name. A script of the image is below %CONTAINER_SANDBOX_MOUNT_POINT%.`,
		rules:   []validate.RuleID{"command-file-arguments", "command-relative-path"},
		fix:     "write only the script's path after -File, starting with %CONTAINER_SANDBOX_MOUNT_POINT%, and its arguments as words of their own",
		sources: []string{"https://github.com/PowerShell/PowerShell/blob/v7.4.6/src/Microsoft.PowerShell.ConsoleHost/host/msh/CommandLineParameterParser.cs"},
	},
	{
		texts:   []pattern{{"CLIXML"}},
		cause:   "The text is XML because PowerShell ran with -EncodedCommand, which writes errors, warnings and progress to stderr as objects by default. Their content is explained together with the text. With -Command or -File, PowerShell writes plain text.",
		fix:     "read the S elements of the XML, without _x000D__x000A_, which are line breaks; use -Command or -File to get text",
		sources: []string{"https://github.com/PowerShell/PowerShell/issues/5912", "https://github.com/PowerShell/PowerShell/issues/16678"},
	},
	{
		texts:   []pattern{{"side-by-side configuration is incorrect"}},
		cause:   "Windows didn't find an assembly that the program's manifest names (side by side, WinSxS). With the bind filter (containerd 1.7 and newer), it doesn't find assemblies that are in the image, beside the program.",
		fix:     "copy the program and its files to a directory of the node when the container starts, and run it there",
		sources: []string{"https://github.com/microsoft/Windows-Containers/issues/366"},
	},
	{
		texts:   []pattern{{"ApplyFileBinding", "access is denied"}, {"failed to bind target", "to root"}},
		cause:   `The Windows bind filter rejected a mount that a program requested. A HostProcess container can't use the bind filter itself, so programs that mount image layers, such as buildkitd and ctr, don't work in one. (If hcsshim mounts a volume of the pod, the text continues with "for job object".)`,
		fix:     "run that program as a service of the node, not in a pod",
		sources: []string{"https://github.com/moby/buildkit/issues/6590", "https://github.com/microsoft/Windows-Containers/issues/621", "https://github.com/microsoft/go-winio/blob/v0.6.2/pkg/bindfilter/bind_filter.go#L77"},
	},
	{
		texts:   []pattern{{"Start-Process", "class not registered"}},
		cause:   "PowerShell's Start-Process was given a file without an extension. Windows looks for a program that opens such files, and there is none.",
		rules:   []validate.RuleID{"command-start-process-extension"},
		fix:     "write the program's extension (.exe), or start it with the operator & instead of Start-Process",
		sources: []string{"https://github.com/microsoft/Windows-Containers/issues/371"},
	},
	{
		texts:   []pattern{{"dial unix", "unreachable network"}},
		cause:   "A program couldn't connect to a Unix socket, because its path has no drive.",
		rules:   []validate.RuleID{"socket-path-without-drive"},
		fix:     `write the socket's full path with the drive, such as C:\var\lib\kubelet\plugins\NAME\csi.sock; as an address, unix://C:\csi\csi.sock`,
		sources: []string{"https://github.com/rancher/rke2/issues/4025"},
	},
	{
		texts:   []pattern{{"still connecting to unix:"}, {"lost connection to unix:"}},
		cause:   "A helper of a CSI driver, such as node-driver-registrar or livenessprobe, can't reach the driver's socket: the driver's container doesn't run or has exited, or it listens at another path. On a Windows node the address needs a drive, so unix:///csi/csi.sock never works there.",
		rules:   []validate.RuleID{"socket-path-without-drive"},
		fix:     `check the log of the driver's container, and give both the same address, such as unix://C:\csi\csi.sock`,
		sources: []string{"https://github.com/kubernetes-csi/node-driver-registrar/blob/v2.9.4/vendor/github.com/kubernetes-csi/csi-lib-utils/connection/connection.go#L192-L233", "https://github.com/kubernetes-sigs/vsphere-csi-driver/issues/2578"},
	},
	{
		texts:   []pattern{{"lookup %", "no such host"}, {"lookup $env:", "no such host"}},
		cause:   "A program took the name of a variable for a host name: nothing replaced %NAME% or $env:NAME in its arguments. Without the bind filter, no shell runs a container's command, and no shell replaces $env:NAME in the arguments of another program.",
		rules:   []validate.RuleID{"command-variable"},
		fix:     "write $(NAME) in command and args, which the kubelet replaces with the value from env",
		sources: []string{"https://github.com/prometheus-community/windows_exporter/issues/1182"},
	},
	{
		texts:   []pattern{{"invalid map key: map["}},
		cause:   "A program read a YAML file that still contains a template expression, such as {{ .Values.namespace }}: it hasn't been rendered.",
		fix:     "render the template (for example with Helm) before the file gets into the image, the ConfigMap or the node",
		sources: []string{"https://github.com/microsoft/retina/issues/1122"},
	},
	{
		texts:   []pattern{{"CreateFile", "kubeconfig: the system cannot find"}},
		cause:   "A program tried to read a kubeconfig that doesn't exist. The path can come from --kubeconfig, or from a variable KUBECONFIG of the pod, the image or the whole node; often a script that should have written the file didn't run.",
		fix:     "run the script that writes the file before the program, or remove the variable and the flag, so that the program uses the pod's service account",
		sources: []string{"https://github.com/microsoft/retina/issues/1138"},
	},
	{
		texts:   []pattern{{"error getting ClusterInformation: connection is unauthorized"}},
		cause:   "The API server doesn't accept the token in the kubeconfig of Calico's CNI plugin. A HostProcess pod wrote it there from its own token, which expires, and which becomes invalid when the key that signs tokens changes. The copy hasn't been renewed.",
		rules:   []validate.RuleID{"command-token-copy"},
		fix:     "upgrade Calico, whose pod on the node renews the file; until then, delete that pod, so that a new one writes the file again",
		sources: []string{"https://github.com/projectcalico/calico/pull/12595", "https://github.com/projectcalico/calico/commit/84b0ac978999"},
	},
	{
		texts:   []pattern{{"New-SmbGlobalMapping", "network path was not found"}},
		cause:   "The node didn't find the server of an SMB share. The node mounts the share with its own name servers, which don't know the names of Services in the cluster.",
		fix:     "use the server's address, or a name that the node can resolve",
		sources: []string{"https://github.com/kubernetes-csi/csi-driver-smb/commit/b950a42502bb"},
	},
	{
		texts:   []pattern{{"paging file is too small for this operation"}},
		cause:   "Windows couldn't commit the memory that a process requested: the node's physical memory and page file are fully committed to its pods and services.",
		fix:     "set memory requests and limits on all pods of the node, enlarge its page file, or use larger nodes",
		sources: []string{"https://github.com/Azure/AKS/issues/1941"},
	},
}
