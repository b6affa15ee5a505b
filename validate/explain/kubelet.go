// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package explain

import "github.com/hostprocess-go/sdk/validate"

// kubeletEntries are texts of the kubelet. It repeats some checks of the API
// server, for pods that the API server has not seen.
var kubeletEntries = []entry{
	{
		texts:   []pattern{{"pod must not contain both HostProcess and non-HostProcess containers"}},
		cause:   "The kubelet refuses a pod in which some containers are HostProcess containers and some are not.",
		rules:   []validate.RuleID{"host-process-mixed"},
		fix:     "set hostProcess: true in securityContext.windowsOptions of the pod, and nowhere to false",
		sources: []string{sandboxSource + "#L254"},
	},
	{
		texts:   []pattern{{"hostNetwork is required if Pod contains HostProcess containers"}},
		cause:   "The kubelet refuses a HostProcess pod that is not on the host's network.",
		rules:   []validate.RuleID{"host-network"},
		fix:     "set spec.hostNetwork to true",
		sources: []string{sandboxSource + "#L258"},
	},
	{
		texts:   []pattern{{"pod must not contain any HostProcess containers if Pod's WindowsOptions.HostProcess is set to false"}},
		cause:   "The pod says hostProcess: false, and a container of it says true.",
		rules:   []validate.RuleID{"host-process-mismatch"},
		fix:     "set hostProcess: true in securityContext.windowsOptions of the pod, and remove it from the containers",
		sources: []string{sandboxSource + "#L281"},
	},
	{
		texts: []pattern{
			{"pod contains HostProcess containers but feature 'WindowsHostProcessContainers' is not enabled"},
			{"not allowed when feature gate 'WindowsHostProcessContainers' is not enabled"},
			{"pod must not contain Windows hostProcess containers when feature gate 'WindowsHostProcessContainers' is not enabled"},
		},
		cause: "Kubernetes is older than 1.26 and its feature gate for HostProcess containers is off: in 1.22 it is by default, from 1.23 on someone has turned it off.",
		fix:   "update Kubernetes, or turn on the feature gate WindowsHostProcessContainers in the API server and the kubelets",
		sources: []string{
			"https://github.com/kubernetes/kubernetes/blob/v1.25.16/pkg/kubelet/kuberuntime/kuberuntime_sandbox.go#L243",
			"https://github.com/kubernetes/kubernetes/blob/v1.25.16/pkg/apis/core/validation/validation.go#L6389-L6433",
		},
	},
	{
		texts:   []pattern{{"chown", "not supported by windows"}},
		cause:   "The kubelet tries to give a file of a volume, usually the service account's token, to the Linux user of runAsUser, and a Windows node has no such users. It tries again forever; the pod stays in ContainerCreating. Kubelets before 1.29.13 and 1.30.9 do so.",
		rules:   []validate.RuleID{"linux-only-field", "linux-only-field-ignored", "run-as-user-hangs"},
		fix:     "remove runAsUser, and choose the account by windowsOptions.runAsUserName",
		sources: []string{"https://github.com/kubernetes/kubernetes/issues/102849", "https://github.com/kubernetes/kubernetes/pull/129508"},
	},
	{
		texts:   []pattern{{"requested recursive read-only mode, but it is not supported by the runtime"}},
		cause:   "A volumeMount has recursiveReadOnly: Enabled, which no runtime on Windows can do.",
		rules:   []validate.RuleID{"recursive-read-only-unsupported"},
		fix:     "remove recursiveReadOnly",
		sources: []string{"https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/kubelet/kubelet_pods.go#L2975-L2978"},
	},
	{
		texts:   []pattern{{"SupplementalGroupsPolicy=Strict is not supported in this node"}, {"SupplementalGroupsPolicyNotSupported"}},
		cause:   "The pod has supplementalGroupsPolicy: Strict, which the node does not offer; no Windows node does.",
		rules:   []validate.RuleID{"linux-only-field", "supplemental-groups-policy"},
		fix:     "remove supplementalGroupsPolicy",
		sources: []string{predicateSource + "#L148-L155"},
	},
	{
		texts:   []pattern{{"pod-level resources are not supported on Windows"}},
		cause:   "The pod has resources for the whole pod (spec.resources), which the kubelet of a Windows node refuses.",
		rules:   []validate.RuleID{"pod-resources", "pod-resources-refused"},
		fix:     "move the requests and limits to the containers",
		sources: []string{"https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/kubelet/lifecycle/features_windows.go#L26-L35"},
	},
	{
		texts:   []pattern{{"AttachFileDevice not supported for this build"}},
		cause:   "A container asks for a block device (volumeDevices), which exists on Linux nodes only.",
		rules:   []validate.RuleID{"volume-devices-unsupported"},
		fix:     "use a volume with volumeMode: Filesystem and a volumeMount",
		sources: []string{"https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/volume/util/volumepathhandler/volume_path_handler_unsupported.go#L27-L43"},
	},
	{
		texts:   []pattern{{"hugePages storage requested, but there is no resource request for huge pages"}},
		cause:   "An emptyDir has medium: HugePages, and no container requests huge pages. A Windows node has none.",
		rules:   []validate.RuleID{"empty-dir-huge-pages"},
		fix:     "remove medium",
		sources: []string{"https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/volume/emptydir/empty_dir.go#L461"},
	},
	{
		texts:   []pattern{{"Failed to admit pod as the `kubernetes.io/os` label doesn't match node label"}, {"PodOSSelectorNodeLabelDoesNotMatch"}},
		cause:   "The pod has a label kubernetes.io/os, which the kubelet takes for the system that it is for, and the node has another.",
		rules:   []validate.RuleID{"os-label"},
		fix:     "remove the label, and select kubernetes.io/os: windows by the nodeSelector",
		sources: []string{predicateSource + "#L132-L138"},
	},
	{
		texts:   []pattern{{"Failed to admit pod as the OS field doesn't match node OS"}, {"PodOSNotSupported"}},
		cause:   "spec.os.name of the pod is another than that of the node that it was placed on. spec.os does not choose a node; the nodeSelector does.",
		rules:   []validate.RuleID{"node-os", "os-selection-contradictory", "os-selection-missing"},
		fix:     "set nodeSelector kubernetes.io/os: windows",
		sources: []string{predicateSource + "#L139-L145"},
	},
	{
		texts:   []pattern{{"which will be regarded as root identity and will break non-root policy"}},
		cause:   "The pod has runAsNonRoot: true and runs as ContainerAdministrator, by its runAsUserName or by the USER of the image. In a HostProcess pod neither of them makes sense.",
		rules:   []validate.RuleID{"account-container-user", "run-as-non-root", "run-as-user-name-missing"},
		fix:     `remove runAsNonRoot, and set runAsUserName, for example to NT AUTHORITY\Local Service`,
		sources: []string{"https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/kubelet/kuberuntime/security_context_windows.go#L38-L75"},
	},
	{
		texts:   []pattern{{"container has runAsNonRoot and image will run as root"}},
		cause:   "The pod has runAsNonRoot: true, and the USER of the image is ContainerAdministrator. Neither goes with a HostProcess pod, which runs as its runAsUserName.",
		rules:   []validate.RuleID{"run-as-non-root", "run-as-user-name-missing"},
		fix:     `remove runAsNonRoot, and set runAsUserName, for example to NT AUTHORITY\Local Service`,
		sources: []string{"https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/kubelet/kuberuntime/security_context_windows.go#L38-L75"},
	},
	{
		texts:   []pattern{{"insufficient hugepages-"}},
		cause:   "The pod asks for huge pages, which no Windows node has, so the scheduler never finds one.",
		rules:   []validate.RuleID{"huge-pages"},
		fix:     "remove the request and the limit for hugepages",
		sources: []string{"https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/scheduler/framework/plugins/noderesources/fit.go#L622"},
	},
	{
		texts:   []pattern{{"hostPath type check failed"}},
		cause:   "A hostPath has a type, and the node has nothing at that path, or something of another kind. The pod waits in ContainerCreating. Paths of Linux, such as /proc, /etc or /var/run/docker.sock, don't exist on a Windows node, and it has no block devices.",
		rules:   []validate.RuleID{"host-path-type", "linux-host-path"},
		fix:     "name a path of Windows nodes; for a directory that may be missing, set the type DirectoryOrCreate",
		sources: []string{"https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/volume/hostpath/host_path.go#L468-L474"},
	},
	{
		texts:   []pattern{{"error SubPath `", "must not be an absolute path"}, {"unable to provision SubPath `"}},
		cause:   `The kubelet refuses a subPath that is absolute or goes up. On a Windows node a path with a backslash in front, one with a drive, and ..\ count too; the API server sees nothing wrong with those.`,
		rules:   []validate.RuleID{"mount-sub-path", "sub-path-backslash"},
		fix:     "write a relative path inside the volume, with slashes",
		sources: []string{"https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/kubelet/kubelet_pods.go#L328-L335"},
	},
	{
		texts:   []pattern{{"UnmountVolume.TearDown failed", "being used by another process"}},
		cause:   "The kubelet can't remove a volume of a pod that ends, because a program of the node has a file in it open; the pod stays in Terminating until it is closed. That may be a process that the container left behind, a log collector or an antivirus program. Before 1.37 it is also the kubelet itself: of several volumeMounts with subPath in one container it releases only the last.",
		rules:   []validate.RuleID{"sub-path-several"},
		fix:     "find the program on the node (with handle.exe of Sysinternals, say) and end it; have at most one volumeMount with subPath in a container, or update the kubelet to 1.37",
		sources: []string{"https://github.com/kubernetes/kubernetes/issues/112630", "https://github.com/kubernetes/kubernetes/issues/89484", "https://github.com/kubernetes/kubernetes/pull/138367"},
	},
	{
		texts:   []pattern{{"unmounted volumes=[kube-api-access"}},
		cause:   `The pod waits for the volume with its service account's token. What keeps it is in an earlier event of the pod, FailedMount: "chown … not supported by windows" there means that the pod has runAsUser, which kubelets before 1.29.13 and 1.30.9 can't deal with.`,
		rules:   []validate.RuleID{"linux-only-field", "linux-only-field-ignored", "run-as-user-hangs"},
		fix:     "look at the earlier events of the pod (kubectl get events); remove runAsUser, and choose the account by windowsOptions.runAsUserName",
		sources: []string{"https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/kubelet/volumemanager/volume_manager.go#L488", "https://github.com/DataDog/helm-charts/issues/590"},
	},
	{
		texts:   []pattern{{"container could not be located when the pod was"}},
		cause:   "The kubelet knew a container that containerd no longer has, after a restart of containerd or of the node, for example. It has not seen how the container ended; the exit code 137 is its own.",
		fix:     "look at the logs of containerd and of the node for that time; delete the pod if it isn't started again",
		sources: []string{"https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/kubelet/kubelet_pods.go#L2654-L2660", "https://github.com/kubernetes/kubernetes/issues/136218"},
	},
}
