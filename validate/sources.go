// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

// Sources that more than one rule rests on, each pinned to a tag or a commit.
// Rules add the lines.
const (
	validationSource = "https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/apis/core/validation/validation.go"
	featuresSource   = "https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/features/kube_features.go"
	docSource        = "https://github.com/kubernetes/website/blob/23009a516ff325a0d551d0f69de43ceeeac60d65/content/en/docs/tasks/configure-pod-container/create-hostprocess-pod.md"
	logonSource      = "https://github.com/microsoft/hcsshim/blob/v0.12.9/internal/jobcontainers/logon.go"
	mountsSource     = "https://github.com/microsoft/hcsshim/blob/v0.12.9/internal/jobcontainers/mounts.go"
	jobSource        = "https://github.com/microsoft/hcsshim/blob/v0.12.9/internal/jobcontainers/jobcontainer.go"
	logonSource16    = "https://github.com/microsoft/hcsshim/blob/v0.9.12/internal/jobcontainers/logon.go"
	mountsSource16   = "https://github.com/microsoft/hcsshim/blob/v0.9.12/internal/jobcontainers/mounts.go"
	// kubeletAdmissionSource is the kubelet's admission of pods.
	kubeletAdmissionSource = "https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/kubelet/lifecycle/predicate.go"
	podSecuritySource      = "https://github.com/kubernetes/kubernetes/blob/v1.37.2/staging/src/k8s.io/pod-security-admission/"
	schedulerSource        = "https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/scheduler/framework/plugins/"
	// criConfigSource: which annotations of a pod get to the runtime.
	criConfigSource = "https://github.com/containerd/containerd/blob/v2.3.4/internal/cri/config/config_windows.go"
	criMountsSource = "https://github.com/containerd/containerd/blob/v2.3.4/internal/cri/opts/spec_windows_opts.go"
	kepSource       = "https://github.com/kubernetes/enhancements/blob/0e2bafdd9edd0e9096b9b8255020d38b7b50b2b4/keps/sig-windows/1981-windows-privileged-container-support/README.md"
	// absolutePathSource is the code of the kubelet that adds a drive to a path.
	absolutePathSource     = "https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/volume/util/util.go#L402-L417"
	kubeletPodsSource      = "https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/kubelet/kubelet_pods.go"
	hostPortDefaultSource  = "https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/apis/core/v1/defaults.go#L439-L448"
	windowsResourcesSource = "https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/kubelet/kuberuntime/kuberuntime_container_windows.go#L63-L117"
	// cniSource is where containerd uses the DNS settings of a pod on Windows.
	cniSource   = "https://github.com/containerd/containerd/blob/v2.3.4/internal/cri/server/sandbox_run.go"
	jobSource16 = "https://github.com/microsoft/hcsshim/blob/v0.9.12/internal/jobcontainers/jobcontainer.go"

	// Of command lines.
	powerShellExeSource     = "https://github.com/MicrosoftDocs/PowerShell-Docs/blob/03aa693b52734e7a0a5d5dbc47eab133befef47f/reference/5.1/Microsoft.PowerShell.Core/About/about_PowerShell_exe.md"
	powerShellParsingSource = "https://github.com/MicrosoftDocs/PowerShell-Docs/blob/d61d15b5faf081733c507df73e9e68d419cc7a5e/reference/5.1/Microsoft.PowerShell.Core/About/about_Parsing.md"
	escapeSource            = "https://github.com/microsoft/hcsshim/blob/v0.12.9/internal/cmd/cmd.go#L102-L109"
	searchSource            = "https://github.com/microsoft/hcsshim/blob/v0.12.9/internal/jobcontainers/path.go#L78-L168"
	storageSource           = "https://github.com/microsoft/hcsshim/blob/v0.12.9/internal/jobcontainers/storage.go#L17-L25"
	e2eSource               = "https://github.com/kubernetes/kubernetes/blob/v1.37.2/test/e2e/windows/host_process.go"
	cmdSource               = "https://github.com/MicrosoftDocs/windowsserverdocs/blob/ca6cf9ccb90198aa73a3331c4e93d058e8e16b0c/WindowsServerDocs/administration/windows-commands/cmd.md"
)
