// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package explain

import "github.com/hostprocess-go/sdk/validate"

// kubeletEntries are texts of the kubelet. It repeats some checks of the API
// server, for pods that didn't come from there.
var kubeletEntries = []entry{
	{
		texts:   []pattern{{"pod must not contain both HostProcess and non-HostProcess containers"}},
		cause:   "The kubelet rejects a pod in which some containers are HostProcess containers and some are not.",
		rules:   []validate.RuleID{"host-process-mixed"},
		fix:     "set hostProcess: true in the pod's securityContext.windowsOptions, and false nowhere",
		sources: []string{sandboxSource + "#L254"},
	},
	{
		texts:   []pattern{{"hostNetwork is required if Pod contains HostProcess containers"}},
		cause:   "The kubelet rejects a HostProcess pod that doesn't use the host's network.",
		rules:   []validate.RuleID{"host-network"},
		fix:     "set spec.hostNetwork to true",
		sources: []string{sandboxSource + "#L258"},
	},
	{
		texts:   []pattern{{"pod must not contain any HostProcess containers if Pod's WindowsOptions.HostProcess is set to false"}},
		cause:   "The pod sets hostProcess: false, and one of its containers sets true.",
		rules:   []validate.RuleID{"host-process-mismatch"},
		fix:     "set hostProcess: true in the pod's securityContext.windowsOptions, and remove it from the containers",
		sources: []string{sandboxSource + "#L281"},
	},
	{
		texts: []pattern{
			{"pod contains HostProcess containers but feature 'WindowsHostProcessContainers' is not enabled"},
			{"not allowed when feature gate 'WindowsHostProcessContainers' is not enabled"},
			{"pod must not contain Windows hostProcess containers when feature gate 'WindowsHostProcessContainers' is not enabled"},
		},
		cause: "Kubernetes is older than 1.26, and its feature gate for HostProcess containers is off: by default in 1.22, from 1.23 on because someone turned it off.",
		fix:   "upgrade Kubernetes, or turn on the feature gate WindowsHostProcessContainers in the API server and the kubelets",
		sources: []string{
			"https://github.com/kubernetes/kubernetes/blob/v1.25.16/pkg/kubelet/kuberuntime/kuberuntime_sandbox.go#L243",
			"https://github.com/kubernetes/kubernetes/blob/v1.25.16/pkg/apis/core/validation/validation.go#L6389-L6433",
		},
	},
	{
		texts:   []pattern{{"chown", "not supported by windows"}},
		cause:   "The kubelet tries to make the Linux user of runAsUser the owner of a file of a volume, usually the service account's token, and Windows nodes have no such users. It retries forever, and the pod stays in ContainerCreating. Kubelets before 1.29.13 and 1.30.9 do this.",
		rules:   []validate.RuleID{"linux-only-field", "linux-only-field-ignored", "run-as-user-hangs"},
		fix:     "remove runAsUser, and choose the account with windowsOptions.runAsUserName",
		sources: []string{"https://github.com/kubernetes/kubernetes/issues/102849", "https://github.com/kubernetes/kubernetes/pull/129508"},
	},
	{
		texts:   []pattern{{"requested recursive read-only mode, but it is not supported by the runtime"}},
		cause:   "A volumeMount has recursiveReadOnly: Enabled, which no runtime on Windows supports.",
		rules:   []validate.RuleID{"recursive-read-only-unsupported"},
		fix:     "remove recursiveReadOnly",
		sources: []string{"https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/kubelet/kubelet_pods.go#L2975-L2978"},
	},
	{
		texts:   []pattern{{"SupplementalGroupsPolicy=Strict is not supported in this node"}, {"SupplementalGroupsPolicyNotSupported"}},
		cause:   "The pod has supplementalGroupsPolicy: Strict, which no Windows node supports.",
		rules:   []validate.RuleID{"linux-only-field", "supplemental-groups-policy"},
		fix:     "remove supplementalGroupsPolicy",
		sources: []string{predicateSource + "#L148-L155"},
	},
	{
		texts:   []pattern{{"pod-level resources are not supported on Windows"}},
		cause:   "The pod has resources for the whole pod (spec.resources), which the kubelet of a Windows node rejects.",
		rules:   []validate.RuleID{"pod-resources", "pod-resources-refused"},
		fix:     "move the requests and limits to the containers",
		sources: []string{"https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/kubelet/lifecycle/features_windows.go#L26-L35"},
	},
	{
		texts:   []pattern{{"AttachFileDevice not supported for this build"}},
		cause:   "A container requests a block device (volumeDevices), which only Linux nodes support.",
		rules:   []validate.RuleID{"volume-devices-unsupported"},
		fix:     "use a volume with volumeMode: Filesystem and a volumeMount",
		sources: []string{"https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/volume/util/volumepathhandler/volume_path_handler_unsupported.go#L27-L43"},
	},
	{
		texts:   []pattern{{"hugePages storage requested, but there is no resource request for huge pages"}},
		cause:   "An emptyDir has medium: HugePages, but no container requests huge pages. Windows nodes have none.",
		rules:   []validate.RuleID{"empty-dir-huge-pages"},
		fix:     "remove medium",
		sources: []string{"https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/volume/emptydir/empty_dir.go#L461"},
	},
	{
		texts:   []pattern{{"Failed to admit pod as the `kubernetes.io/os` label doesn't match node label"}, {"PodOSSelectorNodeLabelDoesNotMatch"}},
		cause:   "The pod has a label kubernetes.io/os with another value than the node's. The kubelet takes this label for the pod's operating system.",
		rules:   []validate.RuleID{"os-label"},
		fix:     "remove the label, and select kubernetes.io/os: windows in the nodeSelector",
		sources: []string{predicateSource + "#L132-L138"},
	},
	{
		texts:   []pattern{{"Failed to admit pod as the OS field doesn't match node OS"}, {"PodOSNotSupported"}},
		cause:   "The pod's spec.os.name differs from the operating system of its node. spec.os doesn't select a node; the nodeSelector does.",
		rules:   []validate.RuleID{"node-os", "os-selection-contradictory", "os-selection-missing"},
		fix:     "set nodeSelector kubernetes.io/os: windows",
		sources: []string{predicateSource + "#L139-L145"},
	},
	{
		texts:   []pattern{{"which will be regarded as root identity and will break non-root policy"}},
		cause:   "The pod has runAsNonRoot: true and runs as ContainerAdministrator, through its runAsUserName or the image's USER. Neither makes sense in a HostProcess pod.",
		rules:   []validate.RuleID{"account-container-user", "run-as-non-root", "run-as-user-name-missing"},
		fix:     `remove runAsNonRoot, and set runAsUserName, for example to NT AUTHORITY\Local Service`,
		sources: []string{"https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/kubelet/kuberuntime/security_context_windows.go#L38-L75"},
	},
	{
		texts:   []pattern{{"container has runAsNonRoot and image will run as root"}},
		cause:   "The pod has runAsNonRoot: true, and the image's USER is ContainerAdministrator. Neither applies to a HostProcess pod, which runs as its runAsUserName.",
		rules:   []validate.RuleID{"run-as-non-root", "run-as-user-name-missing"},
		fix:     `remove runAsNonRoot, and set runAsUserName, for example to NT AUTHORITY\Local Service`,
		sources: []string{"https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/kubelet/kuberuntime/security_context_windows.go#L38-L75"},
	},
	{
		texts:   []pattern{{"insufficient hugepages-"}},
		cause:   "The pod requests huge pages, which Windows nodes don't have, so the scheduler finds no node for it.",
		rules:   []validate.RuleID{"huge-pages"},
		fix:     "remove the request and the limit for hugepages",
		sources: []string{"https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/scheduler/framework/plugins/noderesources/fit.go#L622"},
	},
	{
		texts:   []pattern{{"hostPath type check failed"}},
		cause:   "A hostPath has a type, and the node has nothing at that path, or something of another type. The pod waits in ContainerCreating. Linux paths, such as /proc, /etc or /var/run/docker.sock, don't exist on Windows nodes, nor do block devices.",
		rules:   []validate.RuleID{"host-path-type", "linux-host-path"},
		fix:     "use a path that Windows nodes have; for a directory that may be missing, set the type DirectoryOrCreate",
		sources: []string{"https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/volume/hostpath/host_path.go#L468-L474"},
	},
	{
		texts:   []pattern{{"error SubPath `", "must not be an absolute path"}, {"unable to provision SubPath `"}},
		cause:   `The kubelet rejects a subPath that is absolute or leaves the volume. On a Windows node, that includes paths with a leading backslash, with a drive, and with ..\, which the API server accepts.`,
		rules:   []validate.RuleID{"mount-sub-path", "sub-path-backslash"},
		fix:     "write a relative path inside the volume, with slashes",
		sources: []string{"https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/kubelet/kubelet_pods.go#L328-L335"},
	},
	{
		texts:   []pattern{{"UnmountVolume.TearDown failed", "being used by another process"}},
		cause:   "The kubelet can't remove a volume of a terminating pod, because a program on the node has a file in it open; the pod stays in Terminating until the file is closed. It may be a process that the container left behind, a log collector or an antivirus program. Before 1.37, it may also be the kubelet itself: of several volumeMounts with subPath in one container, it releases only the last.",
		rules:   []validate.RuleID{"sub-path-several"},
		fix:     "find the program on the node (for example with Sysinternals handle.exe) and end it; have at most one volumeMount with subPath in a container, or upgrade the kubelet to 1.37",
		sources: []string{"https://github.com/kubernetes/kubernetes/issues/112630", "https://github.com/kubernetes/kubernetes/issues/89484", "https://github.com/kubernetes/kubernetes/pull/138367"},
	},
	{
		texts:   []pattern{{"unmounted volumes=[kube-api-access"}},
		cause:   `The pod waits for the volume with its service account's token. The reason is in an earlier FailedMount event of the pod: "chown … not supported by windows" there means that the pod has runAsUser, which kubelets before 1.29.13 and 1.30.9 can't handle.`,
		rules:   []validate.RuleID{"linux-only-field", "linux-only-field-ignored", "run-as-user-hangs"},
		fix:     "look at the pod's earlier events (kubectl get events); remove runAsUser, and choose the account with windowsOptions.runAsUserName",
		sources: []string{"https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/kubelet/volumemanager/volume_manager.go#L488", "https://github.com/DataDog/helm-charts/issues/590"},
	},
	{
		texts:   []pattern{{"container could not be located when the pod was"}},
		cause:   "The kubelet knew a container that containerd no longer has, for example after a restart of containerd or of the node. It didn't see how the container exited; it sets exit code 137 itself.",
		fix:     "check the logs of containerd and of the node for that time; delete the pod if it isn't restarted",
		sources: []string{"https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/kubelet/kubelet_pods.go#L2654-L2660", "https://github.com/kubernetes/kubernetes/issues/136218"},
	},
}
