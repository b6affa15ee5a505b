// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package explain

import "github.com/hostprocess-go/sdk/validate"

// programEntries are texts of programs in a container.
var programEntries = []entry{
	{
		texts:   []pattern{{`user "system:node:*" cannot`}},
		cause:   "A request was made as the node, not as the pod's service account. If it came from a HostProcess container, the program there read the node's kubeconfig: the container has the environment of the node, and a variable KUBECONFIG of the whole machine names that file.",
		rules:   []validate.RuleID{"env-kubeconfig", "node-kubeconfig"},
		fix:     "pass --kubeconfig, or set the variable KUBECONFIG to a file of the pod; a variable that is set to nothing is dropped",
		sources: []string{"https://github.com/projectcalico/calico/issues/7445", "https://github.com/Azure/azure-container-networking/issues/1367"},
	},
	{
		texts:   []pattern{{"open /var/run/secrets/kubernetes.io/serviceaccount/* the system cannot find"}},
		cause:   "A program looked for the service account's files at a path that the node doesn't have. On nodes without the bind filter (containerd 1.6, or a Windows Server 2019 without updates) they are below %CONTAINER_SANDBOX_MOUNT_POINT%; client-go's InClusterConfig doesn't look there. It also fails where the current directory is on another drive than C, and where automountServiceAccountToken is false.",
		rules:   []validate.RuleID{"command-service-account"},
		fix:     `read the files below %CONTAINER_SANDBOX_MOUNT_POINT%\var\run\secrets\kubernetes.io\serviceaccount, or use nodes with containerd 1.7 or newer`,
		sources: []string{"https://github.com/kubernetes/kubernetes/issues/104562", "https://github.com/kubernetes/client-go/issues/1302", "https://github.com/kubernetes/kubernetes/issues/104443"},
	},
	{
		texts:   []pattern{{"listen unix", "only one usage of each socket address"}},
		cause:   "A program could not listen on a Unix socket, because a file of that name is there: of a program that still runs, or of an earlier run that did not remove it. A directory of the node keeps such files when a container ends.",
		fix:     "remove the socket's file before listening, and run one pod of the workload on a node at a time",
		sources: []string{"https://github.com/kubernetes/kubernetes/issues/97554", "https://github.com/Azure/azure-container-networking/pull/4163"},
	},
	{
		texts:   []pattern{{"only one usage of each socket address"}},
		cause:   "A program could not listen on a port, because another program of the node does. HostProcess pods have the node's ports: an older pod of the same workload that still runs, or another program on the node, has it.",
		rules:   []validate.RuleID{"daemon-set-surge-ports", "deployment-surge-ports"},
		fix:     "declare the port as containerPort, so that the scheduler knows of it, set maxSurge to 0, and look for the program on the node (Get-NetTCPConnection -LocalPort PORT)",
		sources: []string{"https://github.com/prometheus-community/windows_exporter/issues/1092"},
	},
	{
		texts:   []pattern{{"listen tcp", "access a socket in a way forbidden"}, {"bind: An attempt was made to access a socket in a way forbidden"}},
		cause:   "Windows does not let a program listen on a port: it has reserved the port, or a part of Windows or a program has it for itself alone. HostProcess pods have the node's ports.",
		fix:     "choose a port outside of the ranges that netsh interface ipv4 show excludedportrange protocol=tcp and netsh interface ipv4 show dynamicport tcp list on the node",
		sources: []string{"https://github.com/kubernetes/kubernetes/issues/107114", "https://github.com/kubernetes-sigs/image-builder/pull/947"},
	},
	{
		texts:   []pattern{{"is not recognized as an internal or external command"}},
		cause:   `cmd found no program of that name. On nodes with the bind filter (containerd 1.7 and newer) it is cmd that runs the container's command and its exec probes. If the name is only the beginning of a path, cmd stopped at a slash, as in bin/agent.exe or ./agent.exe, or at a blank. If it is a flag, the image has no entrypoint, and the args of the pod run alone. If it is a program of the image, it is not in the working directory, and it is not in PATH either. If it is a program of Windows, PATH lacks the directory of it: an ENV PATH in the image replaces the PATH of the node. If the pod doesn't name it at all, it is in an AutoRun value of the node's registry (Software\Microsoft\Command Processor): each cmd without /d runs that first, and so does the one that starts the container.`,
		rules:   []validate.RuleID{"command-extension", "command-linux-program", "command-posix-shell", "command-program", "command-pwsh", "command-relative-path", "command-slash-path", "env-path-replaced"},
		fix:     `name a program of the image by its whole path, such as %CONTAINER_SANDBOX_MOUNT_POINT%\bin\agent.exe; for a program of Windows, set PATH in env of the container, with C:\Windows\System32 in it, or name it by its whole path`,
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
		cause:   "PowerShell was told to run a file that does not exist. What follows -File is a path and nothing else: a command such as .\\start.ps1; exit in one word is taken for the name of a file. A script of the image is below %CONTAINER_SANDBOX_MOUNT_POINT%.",
		rules:   []validate.RuleID{"command-file-arguments", "command-relative-path"},
		fix:     "write the path of the script alone behind -File, from %CONTAINER_SANDBOX_MOUNT_POINT% on, and its arguments as words of their own",
		sources: []string{"https://github.com/PowerShell/PowerShell/blob/v7.4.6/src/Microsoft.PowerShell.ConsoleHost/host/msh/CommandLineParameterParser.cs"},
	},
	{
		texts:   []pattern{{"CLIXML"}},
		cause:   "The text is XML because PowerShell ran with -EncodedCommand: it then writes errors, warnings and progress to stderr as objects, where it is not told otherwise. What the objects say is explained with the text. A command with -Command or -File writes plain text.",
		fix:     "read what stands in the elements S of the XML, without _x000D__x000A_, which are line ends; use -Command or -File to get text",
		sources: []string{"https://github.com/PowerShell/PowerShell/issues/5912", "https://github.com/PowerShell/PowerShell/issues/16678"},
	},
	{
		texts:   []pattern{{"side-by-side configuration is incorrect"}},
		cause:   "Windows did not find an assembly that the program's manifest names (side by side, WinSxS). With the bind filter (containerd 1.7 and newer) it does not find those that are in the image, beside the program.",
		fix:     "copy the program and its files to a directory of the node when the container starts, and run it there",
		sources: []string{"https://github.com/microsoft/Windows-Containers/issues/366"},
	},
	{
		texts:   []pattern{{"ApplyFileBinding", "access is denied"}, {"failed to bind target", "to root"}},
		cause:   `The bind filter of Windows refused a mount that a program asked for. A HostProcess container can't use the bind filter itself, so programs that mount layers of images, such as buildkitd and ctr, don't work in one. (If it is hcsshim that mounts a volume of the pod, the text goes on with "for job object".)`,
		fix:     "run that program as a service of the node, not in a pod",
		sources: []string{"https://github.com/moby/buildkit/issues/6590", "https://github.com/microsoft/Windows-Containers/issues/621", "https://github.com/microsoft/go-winio/blob/v0.6.2/pkg/bindfilter/bind_filter.go#L77"},
	},
	{
		texts:   []pattern{{"Start-Process", "class not registered"}},
		cause:   "Start-Process of PowerShell was given a file without an extension. Windows looks for a program that opens such files, and there is none.",
		rules:   []validate.RuleID{"command-start-process-extension"},
		fix:     "name the program with its extension (.exe), or call it by the operator & instead of Start-Process",
		sources: []string{"https://github.com/microsoft/Windows-Containers/issues/371"},
	},
	{
		texts:   []pattern{{"dial unix", "unreachable network"}},
		cause:   "A program could not connect to a Unix socket, because its path has no drive.",
		rules:   []validate.RuleID{"socket-path-without-drive"},
		fix:     `name the socket by its whole path, with the drive, such as C:\var\lib\kubelet\plugins\NAME\csi.sock; as an address, unix://C:\csi\csi.sock`,
		sources: []string{"https://github.com/rancher/rke2/issues/4025"},
	},
	{
		texts:   []pattern{{"still connecting to unix:"}, {"lost connection to unix:"}},
		cause:   "A helper of a CSI driver, such as node-driver-registrar or livenessprobe, does not reach the driver's socket: the container of the driver does not run or ended, or it listens at another path. On a Windows node the address needs a drive, so unix:///csi/csi.sock never works there.",
		rules:   []validate.RuleID{"socket-path-without-drive"},
		fix:     `look at the log of the driver's container, and give both the same address, such as unix://C:\csi\csi.sock`,
		sources: []string{"https://github.com/kubernetes-csi/node-driver-registrar/blob/v2.9.4/vendor/github.com/kubernetes-csi/csi-lib-utils/connection/connection.go#L192-L233", "https://github.com/kubernetes-sigs/vsphere-csi-driver/issues/2578"},
	},
	{
		texts:   []pattern{{"lookup %", "no such host"}, {"lookup $env:", "no such host"}},
		cause:   "A program took the name of a variable for the name of a host: nothing replaced %NAME% or $env:NAME in its arguments. No shell runs the command of a container without the bind filter, and none replaces $env:NAME in the arguments of another program.",
		rules:   []validate.RuleID{"command-variable"},
		fix:     "write $(NAME) in command and args, which the kubelet replaces by the value in env",
		sources: []string{"https://github.com/prometheus-community/windows_exporter/issues/1182"},
	},
	{
		texts:   []pattern{{"invalid map key: map["}},
		cause:   "A program read a YAML file that still has an expression of a template in it, such as {{ .Values.namespace }}: nobody rendered it.",
		fix:     "render the template (with Helm, say) before its file gets into the image, the ConfigMap or the node",
		sources: []string{"https://github.com/microsoft/retina/issues/1122"},
	},
	{
		texts:   []pattern{{"CreateFile", "kubeconfig: the system cannot find"}},
		cause:   "A program was told to read a kubeconfig that does not exist. The path can come from --kubeconfig, or from a variable KUBECONFIG of the pod, of the image or of the whole node; often a script writes that file first, and did not run.",
		fix:     "run the script that writes the file before the program, or remove the variable and the flag, so that the program uses the pod's service account",
		sources: []string{"https://github.com/microsoft/retina/issues/1138"},
	},
	{
		texts:   []pattern{{"error getting ClusterInformation: connection is unauthorized"}},
		cause:   "The API server does not accept the token in the kubeconfig of Calico's CNI plugin. A HostProcess pod wrote it there from its own token, which expires, and which ends when the key that signs tokens is changed; nobody has renewed the copy.",
		rules:   []validate.RuleID{"command-token-copy"},
		fix:     "update Calico, whose pod on the node renews the file; until then delete that pod, so that a new one writes it again",
		sources: []string{"https://github.com/projectcalico/calico/pull/12595", "https://github.com/projectcalico/calico/commit/84b0ac978999"},
	},
	{
		texts:   []pattern{{"New-SmbGlobalMapping", "network path was not found"}},
		cause:   "The node did not find the server of an SMB share. It is the node that mounts the share, with its own name servers, which don't know the names of Services in the cluster.",
		fix:     "name the server by an address, or by a name that the node can resolve",
		sources: []string{"https://github.com/kubernetes-csi/csi-driver-smb/commit/b950a42502bb"},
	},
	{
		texts:   []pattern{{"paging file is too small for this operation"}},
		cause:   "Windows could not promise a process the memory that it asked for: physical memory and page file of the node are promised already. The pods of a node count, and so do its services.",
		fix:     "set memory requests and limits on all pods of the node, enlarge its page file, or use larger nodes",
		sources: []string{"https://github.com/Azure/AKS/issues/1941"},
	},
}
